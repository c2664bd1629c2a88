/** Estimates with their uncertainty: means, pass@k and paired differences; all seeded. */
@NullMarked
package dev.troupe.evaluator.statistics;

import org.jspecify.annotations.NullMarked;
