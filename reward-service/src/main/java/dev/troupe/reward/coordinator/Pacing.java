package dev.troupe.reward.coordinator;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * How many groups of a team may have been dealt when its training is at a step: {@code (maxStaleness + step + 1) *
 * groupsPerStep}, the pacing of AReaL (arXiv 2505.24298). More would be too stale once trained.
 *
 * <p>The step is that of the newest version of any of the team's policies: a step publishes all that learn in one
 * transaction, and one that is frozen stays where it is and holds up nothing.
 */
final class Pacing {

    private final CoordinatorOptions options;
    private final ReadOnlyKeyValueStore<String, byte[]> steps;

    /** @param steps training step of the newest version by policy; the same table at every partition */
    Pacing(CoordinatorOptions options, ReadOnlyKeyValueStore<String, byte[]> steps) {
        this.options = options;
        this.steps = steps;
    }

    /**
     * What a team's versions allow.
     *
     * @param trained groups that earlier steps were trained on
     * @param capacity groups that may have been dealt in all
     */
    record Bounds(long trained, long capacity) {}

    /** Policies without any version. */
    List<String> missing(List<String> policies) {
        return policies.stream().filter(policy -> steps.get(policy) == null).toList();
    }

    /** Nothing may be dealt while a policy has no version. */
    Optional<Bounds> bounds(List<String> policies) {
        long step = 0;
        for (String policy : policies) {
            byte[] newest = steps.get(policy);
            if (newest == null) {
                return Optional.empty();
            }
            step = Math.max(step, ByteBuffer.wrap(newest).getLong());
        }
        return policies.isEmpty()
                ? Optional.empty()
                : Optional.of(new Bounds(
                        step * options.groupsPerStep(), (options.maxStaleness() + step + 1) * options.groupsPerStep()));
    }
}
