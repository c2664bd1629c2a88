package dev.troupe.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ModelRoute;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who needs which versions of a policy.
 *
 * @param served versions that some agent serves, by the last it said
 * @param pinned versions that a task must be played by, and when the last such task was fed
 * @param route what a person has served in place of the newest
 */
public record VersionUse(Set<Integer> served, Map<Integer, Instant> pinned, Optional<ModelRoute> route) {
    public VersionUse {
        served = Set.copyOf(served);
        pinned = Map.copyOf(pinned);
        requireNonNull(route, "route is null");
    }

    /** Where nobody has said which version is served. */
    public VersionUse(Set<Integer> served, Map<Integer, Instant> pinned) {
        this(served, pinned, Optional.empty());
    }

    /** Whether a person has this version served, with {@code newest} published. */
    boolean isRouted(int version, int newest) {
        return route.filter(stands -> stands.getUntil() == null || newest <= stands.getUntil())
                .map(ModelRoute::getVersion)
                .filter(routed -> routed.getVersion() == version)
                .isPresent();
    }
}
