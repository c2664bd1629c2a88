package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What the catalogue leaves to the cluster's owner.
 *
 * @param partitions of every topic of the catalogue but the queues; under {@link QueueProtocol#SHARE}, more workers
 *     than partitions balance best
 * @param queuePartitions of the work queues, {@code turns} and {@code steps}; under {@link QueueProtocol#CONSUMER}, no
 *     more workers than these are busy
 * @param replication replicas of every topic; -1 is the broker's default
 * @param lock how long a worker holds a piece of work between two renewals; the broker allows 15 s to 60 s by default
 * @param protocol how the queues' workers share them; only share groups have settings on the broker
 */
public record Provisioning(
        int partitions, int queuePartitions, short replication, Duration lock, QueueProtocol protocol) {

    public static final Duration DEFAULT_LOCK = Duration.ofSeconds(30);

    public Provisioning {
        requireNonNull(protocol, "protocol is null");
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions is not positive: " + partitions);
        }
        if (queuePartitions < 1) {
            throw new IllegalArgumentException("queuePartitions is not positive: " + queuePartitions);
        }
        if (replication < 1 && replication != -1) {
            throw new IllegalArgumentException("replication is neither positive nor -1: " + replication);
        }
        if (lock.toMillis() < 1000) {
            throw new IllegalArgumentException("lock is shorter than 1 s: " + lock);
        }
    }

    public Provisioning(int partitions, short replication, Duration lock) {
        this(partitions, partitions, replication, lock, QueueProtocol.SHARE);
    }

    public Provisioning(int partitions, short replication) {
        this(partitions, replication, DEFAULT_LOCK);
    }

    /** The same with queues of their own size, shared in that way. */
    public Provisioning withQueues(int queuePartitions, QueueProtocol protocol) {
        return new Provisioning(partitions, queuePartitions, replication, lock, protocol);
    }
}
