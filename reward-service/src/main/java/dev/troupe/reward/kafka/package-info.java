/** The few places where the reward service touches Kafka's client classes itself. */
@NullMarked
package dev.troupe.reward.kafka;

import org.jspecify.annotations.NullMarked;
