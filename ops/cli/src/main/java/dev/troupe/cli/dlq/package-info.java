/** Looking at dead letters and feeding them again. */
@NullMarked
package dev.troupe.cli.dlq;

import org.jspecify.annotations.NullMarked;
