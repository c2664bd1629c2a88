/** Kafka clients, topics, work queues and dead letters, as every service uses them. */
@NullMarked
package dev.troupe.runtime.kafka;

import org.jspecify.annotations.NullMarked;
