package dev.troupe.runtime.kafka;

import java.time.Duration;

/**
 * What the catalogue leaves to the cluster's owner.
 *
 * @param partitions of every topic of the catalogue; more workers than partitions balance best
 * @param replication replicas of every topic; -1 is the broker's default
 * @param lock how long a worker holds a piece of work between two renewals; the broker allows 15 s to 60 s by default
 */
public record Provisioning(int partitions, short replication, Duration lock) {

    public static final Duration DEFAULT_LOCK = Duration.ofSeconds(30);

    public Provisioning {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions is not positive: " + partitions);
        }
        if (replication < 1 && replication != -1) {
            throw new IllegalArgumentException("replication is neither positive nor -1: " + replication);
        }
        if (lock.toMillis() < 1000) {
            throw new IllegalArgumentException("lock is shorter than 1 s: " + lock);
        }
    }

    public Provisioning(int partitions, short replication) {
        this(partitions, replication, DEFAULT_LOCK);
    }
}
