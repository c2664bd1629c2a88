/** A small world of topics to write about: generated writing tasks and demonstrations of solving them. */
@NullMarked
package dev.troupe.reward.writing.world;

import org.jspecify.annotations.NullMarked;
