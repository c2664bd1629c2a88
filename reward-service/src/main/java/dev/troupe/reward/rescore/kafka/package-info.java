/** Re-judged episodes, written. */
@NullMarked
package dev.troupe.reward.rescore.kafka;

import org.jspecify.annotations.NullMarked;
