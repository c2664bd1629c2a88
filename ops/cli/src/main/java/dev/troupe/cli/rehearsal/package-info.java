/** Plays without a domain, for trying the stream itself: how it survives, and how fast it is. */
@NullMarked
package dev.troupe.cli.rehearsal;

import org.jspecify.annotations.NullMarked;
