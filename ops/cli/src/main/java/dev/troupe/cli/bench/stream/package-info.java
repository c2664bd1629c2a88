/** Measures the stream: coordinator and judges beside the ceilings of the same broker. */
@NullMarked
package dev.troupe.cli.bench.stream;

import org.jspecify.annotations.NullMarked;
