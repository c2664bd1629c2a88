package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a queue works.
 *
 * @param maxBatch most records handled together
 * @param lock how long the work of a worker that died stays with it; a share group's as provisioned (the broker's word
 *     overrides it), a consumer group's session timeout (within 6 s and 10 s) unless the client settings name one
 * @param deliveryLimit deliveries after which a record that still fails is set aside, 1 to 5
 * @param protocol how the workers share the records
 */
public record WorkQueueOptions(int maxBatch, Duration lock, int deliveryLimit, QueueProtocol protocol) {

    public static final int DEFAULT_DELIVERY_LIMIT = 5;

    public WorkQueueOptions {
        requireNonNull(protocol, "protocol is null");
        if (maxBatch < 1) {
            throw new IllegalArgumentException("maxBatch is not positive: " + maxBatch);
        }
        if (lock.toMillis() < 100) {
            throw new IllegalArgumentException("lock is shorter than 100 ms: " + lock);
        }
        if (deliveryLimit < 1 || deliveryLimit > DEFAULT_DELIVERY_LIMIT) {
            // The group is provisioned with one more; beyond that the broker drops a record without a word.
            throw new IllegalArgumentException(
                    "deliveryLimit is not between 1 and %d: %d".formatted(DEFAULT_DELIVERY_LIMIT, deliveryLimit));
        }
    }

    public static WorkQueueOptions ofBatch(int maxBatch, QueueProtocol protocol) {
        return new WorkQueueOptions(maxBatch, Provisioning.DEFAULT_LOCK, DEFAULT_DELIVERY_LIMIT, protocol);
    }
}
