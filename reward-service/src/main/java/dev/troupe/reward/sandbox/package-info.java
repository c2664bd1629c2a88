/** Runs model-written Python away from everything, in a child JVM with a heap cap and a deadline. */
@NullMarked
package dev.troupe.reward.sandbox;

import org.jspecify.annotations.NullMarked;
