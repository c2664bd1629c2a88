/** The intake on Kafka: one transaction for each batch. */
@NullMarked
package dev.troupe.reward.intake.kafka;

import org.jspecify.annotations.NullMarked;
