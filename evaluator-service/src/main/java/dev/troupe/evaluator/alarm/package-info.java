/** Notices when a reward rises while a stricter score falls. */
@NullMarked
package dev.troupe.evaluator.alarm;

import org.jspecify.annotations.NullMarked;
