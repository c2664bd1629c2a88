package dev.troupe.reward.coordinator;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * How many groups of a team may have been dealt when its policies are at a version: {@code (maxStaleness + version + 1)
 * * groupsPerStep}, the pacing of AReaL (arXiv 2505.24298). More would be too stale once trained.
 */
final class Pacing {

    private final CoordinatorOptions options;
    private final ReadOnlyKeyValueStore<String, byte[]> versions;

    /** @param versions number of the newest version by policy; the same table at every partition */
    Pacing(CoordinatorOptions options, ReadOnlyKeyValueStore<String, byte[]> versions) {
        this.options = options;
        this.versions = versions;
    }

    /**
     * What a team's versions allow.
     *
     * @param trained groups that earlier versions were trained on
     * @param capacity groups that may have been dealt in all
     */
    record Bounds(long trained, long capacity) {}

    /** Policies without any version. */
    List<String> missing(List<String> policies) {
        return policies.stream().filter(policy -> versions.get(policy) == null).toList();
    }

    /** The slowest policy sets the pace; nothing may be dealt while one has no version. */
    Optional<Bounds> bounds(List<String> policies) {
        long version = Long.MAX_VALUE;
        for (String policy : policies) {
            byte[] newest = versions.get(policy);
            if (newest == null) {
                return Optional.empty();
            }
            version = Math.min(version, ByteBuffer.wrap(newest).getInt());
        }
        return policies.isEmpty()
                ? Optional.empty()
                : Optional.of(new Bounds(
                        version * options.groupsPerStep(),
                        (options.maxStaleness() + version + 1) * options.groupsPerStep()));
    }
}
