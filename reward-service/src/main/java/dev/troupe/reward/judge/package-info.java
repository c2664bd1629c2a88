/** Judge workers: take steps from the work queue, let the environment judge them, publish judgements. */
@NullMarked
package dev.troupe.reward.judge;

import org.jspecify.annotations.NullMarked;
