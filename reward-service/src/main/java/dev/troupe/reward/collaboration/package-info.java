/** The forms in which the roles of an environment work on a task together, and what each form may spend. */
@NullMarked
package dev.troupe.reward.collaboration;

import org.jspecify.annotations.NullMarked;
