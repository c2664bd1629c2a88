package dev.troupe.trainer.kafka;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.Serving;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.Task;
import dev.troupe.trainer.checkpoint.VersionUse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Follows which versions agents serve, tasks are pinned to and people have served. Safe for use by many threads. */
public final class UseLog implements AutoCloseable {
    private static final String CLIENT = "troupe-trainer-use";

    private final TopicReader<ModelActivation> activations;
    private final TopicReader<Task> tasks;
    private final TopicReader<ModelRoute> routes;
    private final Map<String, ModelRoute> routed = new ConcurrentHashMap<>();
    /** Versions by policy, by agent. */
    private final Map<String, Map<String, Integer>> served = new ConcurrentHashMap<>();

    private final Map<String, Map<Integer, Instant>> pinned = new ConcurrentHashMap<>();

    public UseLog(KafkaClients clients) {
        this.activations =
                new TopicReader<>(clients, CLIENT, TopicCatalog.MODEL_ACTIVATIONS, record -> activated(record.value()));
        this.tasks = new TopicReader<>(
                clients,
                CLIENT,
                TopicCatalog.TASKS,
                record -> fed(record.value(), Instant.ofEpochMilli(record.timestamp())));
        this.routes = new TopicReader<>(clients, CLIENT, TopicCatalog.MODEL_ROUTES, record -> routed(record.value()));
    }

    public void start() {
        activations.start();
        tasks.start();
        routes.start();
    }

    /** Whether everything that was there at the start is known; until then, {@link #of} may leave somebody out. */
    public boolean complete() {
        return activations.ready() && tasks.ready() && routes.ready();
    }

    public VersionUse of(String policyId) {
        return new VersionUse(
                served.values().stream()
                        .flatMap(versions -> Stream.ofNullable(versions.get(policyId)))
                        .collect(Collectors.toSet()),
                pinned.getOrDefault(policyId, Map.of()),
                Optional.ofNullable(routed.get(policyId)));
    }

    void routed(ModelRoute route) {
        routed.put(route.getPolicyId(), route);
    }

    void activated(ModelActivation activation) {
        served.compute(
                activation.getAgentId(), (_, before) -> Serving.after(before == null ? Map.of() : before, activation));
    }

    void fed(Task task, Instant at) {
        task.getPolicyVersions()
                .forEach((policyId, version) -> pinned.computeIfAbsent(policyId, _ -> new ConcurrentHashMap<>())
                        .merge(version, at, (before, now) -> before.isAfter(now) ? before : now));
    }

    @Override
    public void close() {
        List.of(routes, tasks, activations).forEach(TopicReader::close);
    }
}
