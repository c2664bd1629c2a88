/** The machine that benchmarks ran on, and how busy it was. */
@NullMarked
package dev.troupe.cli.bench.machine;

import org.jspecify.annotations.NullMarked;
