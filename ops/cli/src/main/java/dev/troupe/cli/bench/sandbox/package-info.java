/** Measures the sandboxes of the judges beside bare child processes. */
@NullMarked
package dev.troupe.cli.bench.sandbox;

import org.jspecify.annotations.NullMarked;
