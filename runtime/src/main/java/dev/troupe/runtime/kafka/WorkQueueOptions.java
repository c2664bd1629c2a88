package dev.troupe.runtime.kafka;

import java.time.Duration;

/**
 * How a queue works.
 *
 * @param maxBatch most records handled together
 * @param lock the share group's lock, as provisioned; the broker's word overrides it
 * @param deliveryLimit deliveries after which a record that still fails is set aside, 1 to 5
 */
public record WorkQueueOptions(int maxBatch, Duration lock, int deliveryLimit) {

    public static final int DEFAULT_DELIVERY_LIMIT = 5;

    public WorkQueueOptions {
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

    public static WorkQueueOptions ofBatch(int maxBatch) {
        return new WorkQueueOptions(maxBatch, Provisioning.DEFAULT_LOCK, DEFAULT_DELIVERY_LIMIT);
    }
}
