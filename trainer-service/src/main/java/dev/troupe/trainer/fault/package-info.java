/** The points of a training step between which a trainer may die. */
@NullMarked
package dev.troupe.trainer.fault;

import org.jspecify.annotations.NullMarked;
