/** Proves from the topics alone that every task is accounted for exactly once, and answers where things came from. */
@NullMarked
package dev.troupe.cli.audit;

import org.jspecify.annotations.NullMarked;
