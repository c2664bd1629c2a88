/** Public coding benchmarks, read from the files they are published in. */
@NullMarked
package dev.troupe.reward.coding.benchmark;

import org.jspecify.annotations.NullMarked;
