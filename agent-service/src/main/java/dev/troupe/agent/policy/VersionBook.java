package dev.troupe.agent.policy;

import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which versions exist, which of them cannot be served, and which one is to be: the newest that can, unless a route
 * names another. Not thread-safe: the registry's lock guards it.
 */
final class VersionBook {
    /** A version of a policy. */
    record Key(String policyId, int version) {}

    private final Map<String, NavigableMap<Integer, ModelVersion>> announced = new HashMap<>();
    private final Map<String, ModelRoute> routes = new HashMap<>();
    /** And why. */
    private final Map<Key, String> refused = new HashMap<>();

    void announce(ModelVersion version) {
        announced.computeIfAbsent(version.getPolicyId(), _ -> new TreeMap<>()).put(version.getVersion(), version);
    }

    /** The newest route of a policy stands; what it names may be tried again. */
    void route(ModelRoute route) {
        routes.put(route.getPolicyId(), route);
        if (route.getVersion() != null) {
            refused.remove(new Key(route.getPolicyId(), route.getVersion().getVersion()));
        }
    }

    void refuse(ModelVersion version, String reason) {
        refused.put(new Key(version.getPolicyId(), version.getVersion()), reason);
    }

    /** Why a version must not be served, if it must not. */
    Optional<String> refusal(String policyId, int version) {
        return Optional.ofNullable(refused.get(new Key(policyId, version)));
    }

    private boolean isRefused(String policyId, int version) {
        return refusal(policyId, version).isPresent();
    }

    /** The version of that number, when it is announced or routed to. */
    Optional<ModelVersion> find(String policyId, int version) {
        return Optional.ofNullable(versions(policyId).get(version))
                .or(() -> routed(policyId).filter(routed -> routed.getVersion() == version));
    }

    /** What turns that name no version are to be played with. */
    Optional<ModelVersion> wanted(String policyId) {
        return routed(policyId)
                .filter(version -> !isRefused(policyId, version.getVersion()))
                .or(() -> versions(policyId).descendingMap().values().stream()
                        .filter(version -> !isRefused(policyId, version.getVersion()))
                        .findFirst());
    }

    private Optional<ModelVersion> routed(String policyId) {
        ModelRoute route = routes.get(policyId);
        if (route == null || route.getVersion() == null) {
            return Optional.empty();
        }
        NavigableMap<Integer, ModelVersion> versions = versions(policyId);
        boolean over = route.getUntil() != null && !versions.isEmpty() && versions.lastKey() > route.getUntil();
        return over ? Optional.empty() : Optional.of(route.getVersion());
    }

    private NavigableMap<Integer, ModelVersion> versions(String policyId) {
        return announced.getOrDefault(policyId, new TreeMap<>());
    }
}
