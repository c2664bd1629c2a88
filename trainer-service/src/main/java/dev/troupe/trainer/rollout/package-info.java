/** Groups of episodes as the optimiser sees them: token sequences, recorded log-probabilities, joint rewards. */
@NullMarked
package dev.troupe.trainer.rollout;

import org.jspecify.annotations.NullMarked;
