/** Group-relative policy optimisation under TRL's names: options, advantages, losses, schedules. */
@NullMarked
package dev.troupe.trainer.grpo;

import org.jspecify.annotations.NullMarked;
