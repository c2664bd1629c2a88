/** One update of all policies of a team, and its metrics. */
@NullMarked
package dev.troupe.trainer.update;

import org.jspecify.annotations.NullMarked;
