/**
 * Benchmarks model versions: feeds held-out tasks through the same pipeline and publishes what each version is worth.
 */
@NullMarked
package dev.troupe.evaluator;

import org.jspecify.annotations.NullMarked;
