/** Judging past episodes again. */
@NullMarked
package dev.troupe.cli.rescore;

import org.jspecify.annotations.NullMarked;
