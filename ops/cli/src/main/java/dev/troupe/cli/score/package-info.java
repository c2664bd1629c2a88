/** Scoring completions of a file offline, with the judges' environments and without a cluster. */
@NullMarked
package dev.troupe.cli.score;

import org.jspecify.annotations.NullMarked;
