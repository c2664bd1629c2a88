/** What versions have played of the benchmarks, task by task, as the episodes tell. */
@NullMarked
package dev.troupe.evaluator.play;

import org.jspecify.annotations.NullMarked;
