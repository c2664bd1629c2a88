/** Deals tasks into episodes, joins what the roles did, and closes groups: one stateful processor keyed by task. */
@NullMarked
package dev.troupe.reward.coordinator;

import org.jspecify.annotations.NullMarked;
