/** The centralized critic: what joint histories are worth, learnt from the joint rewards that followed. */
@NullMarked
package dev.troupe.trainer.critic;

import org.jspecify.annotations.NullMarked;
