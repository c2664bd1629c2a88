/** The small world of list programs: generated coding tasks, their answers, and demonstrations of solving them. */
@NullMarked
package dev.troupe.reward.coding.world;

import org.jspecify.annotations.NullMarked;
