/** Benchmarks, alone or side by side with what people would use instead. */
@NullMarked
package dev.troupe.cli.bench;

import org.jspecify.annotations.NullMarked;
