package dev.troupe.cli.versions;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.Serving;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the topics say of versions at this moment.
 *
 * @param versions by policy and number; older ones are gone once the topic is compacted
 * @param routes the newest of each policy
 * @param serving versions by policy, by agent that says it serves them
 */
record VersionList(
        SortedMap<String, NavigableMap<Integer, ModelVersion>> versions,
        Map<String, ModelRoute> routes,
        Map<String, Map<String, Integer>> serving) {

    static VersionList read(KafkaClients clients) throws InterruptedException {
        var scan = new TopicScan(clients, "troupe-versions");
        var versions = new TreeMap<String, NavigableMap<Integer, ModelVersion>>();
        scan.decoded(
                TopicCatalog.MODEL_VERSIONS,
                ScanRange.ALL,
                (_, value, _) ->
                        value.ifPresent(version -> versions.computeIfAbsent(version.getPolicyId(), _ -> new TreeMap<>())
                                .put(version.getVersion(), version)));
        var routes = new HashMap<String, ModelRoute>();
        scan.decoded(
                TopicCatalog.MODEL_ROUTES,
                ScanRange.ALL,
                (_, value, _) -> value.ifPresent(route -> routes.put(route.getPolicyId(), route)));
        var serving = new HashMap<String, Map<String, Integer>>();
        scan.decoded(
                TopicCatalog.MODEL_ACTIVATIONS,
                ScanRange.ALL,
                (_, value, _) -> value.ifPresent(word -> serving.put(
                        word.getAgentId(), Serving.after(serving.getOrDefault(word.getAgentId(), Map.of()), word))));
        return new VersionList(versions, routes, serving);
    }

    /** A published version. @throws IllegalStateException saying which there are, when its record is not kept */
    ModelVersion find(String policyId, int number) {
        NavigableMap<Integer, ModelVersion> published = published(policyId);
        ModelVersion found = published.get(number);
        if (found == null) {
            throw new IllegalStateException("version %d of policy '%s' is not on model-versions (kept are %d to %d)"
                    .formatted(number, policyId, published.firstKey(), published.lastKey()));
        }
        return found;
    }

    int newest(String policyId) {
        return published(policyId).lastKey();
    }

    private NavigableMap<Integer, ModelVersion> published(String policyId) {
        NavigableMap<Integer, ModelVersion> published = versions.get(policyId);
        if (published == null) {
            throw new IllegalStateException("no version of policy '%s' is on model-versions; there are %s"
                    .formatted(policyId, versions.keySet()));
        }
        return published;
    }

    /** The route that holds for a policy now. */
    Optional<ModelRoute> route(String policyId) {
        return Optional.ofNullable(routes.get(policyId))
                .filter(route -> route.getVersion() != null)
                .filter(route -> route.getUntil() == null || newest(policyId) <= route.getUntil());
    }

    /** Agents that said last that they serve this version. */
    List<String> servedBy(ModelVersion version) {
        Integer number = version.getVersion();
        return serving.entrySet().stream()
                .filter(agent -> number.equals(agent.getValue().get(version.getPolicyId())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
