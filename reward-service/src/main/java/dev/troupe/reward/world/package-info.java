/** What the generated worlds of the environments have in common: splits, demonstrations and task files. */
@NullMarked
package dev.troupe.reward.world;

import org.jspecify.annotations.NullMarked;
