/** The trainer: GRPO over groups of episodes, one worker for each team, model versions out. */
@NullMarked
package dev.troupe.trainer;

import org.jspecify.annotations.NullMarked;
