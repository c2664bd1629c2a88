/** Sets aside what is wrong in the topics that have no other reader with a way out for it. */
@NullMarked
package dev.troupe.reward.intake;

import org.jspecify.annotations.NullMarked;
