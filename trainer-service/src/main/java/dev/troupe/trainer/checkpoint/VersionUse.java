package dev.troupe.trainer.checkpoint;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Who needs which versions of a policy.
 *
 * @param served versions that some agent serves, by the last it said
 * @param pinned versions that a task must be played by, and when the last such task was fed
 */
public record VersionUse(Set<Integer> served, Map<Integer, Instant> pinned) {
    public VersionUse {
        served = Set.copyOf(served);
        pinned = Map.copyOf(pinned);
    }
}
