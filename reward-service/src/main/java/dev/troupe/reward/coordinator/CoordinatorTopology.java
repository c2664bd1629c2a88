package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.coordinator.CoordinatorOptions.StoreKind;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.kafka.LenientTime;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The coordinator as a topology: one processor between the topics of the tasks and the topics of what comes of them.
 */
public final class CoordinatorTopology {

    private static final String SOURCE = "task-events-source";
    private static final String PROCESSOR = "coordinator";

    private static final List<Topic<?>> SOURCES = List.of(
            TopicCatalog.TASKS,
            TopicCatalog.ACTIONS,
            TopicCatalog.MESSAGES,
            TopicCatalog.JUDGEMENTS,
            TopicCatalog.ADMISSIONS);
    private static final List<String> SINKS = List.of(
            TopicCatalog.TURNS.name(),
            TopicCatalog.STEPS.name(),
            TopicCatalog.EPISODES.name(),
            TopicCatalog.EPISODE_GROUPS.name(),
            TopicCatalog.DEAD_LETTERS);

    private CoordinatorTopology() {}

    /**
     * The topics that must have as many partitions as each other: a task meets its actions in its partition, and
     * partitions write to each other. The number stays what it was at the first start of an application id.
     */
    public static List<String> copartitioned() {
        return SOURCES.stream().map(Topic::name).toList();
    }

    /** Builds the topology; nothing is started or connected. */
    public static Topology build(
            CoordinatorOptions options,
            Environments environments,
            Containment containment,
            PatientCodec codec,
            CoordinatorMetrics metrics) {
        // The ids of a week are always on disk. And with a store on disk Streams keeps its identity over a crash, so
        // that
        // a restart takes over the open transaction instead of waiting for it to time out.
        return build(options, environments, containment, codec, metrics, StoreKind.ROCKSDB);
    }

    static Topology build(
            CoordinatorOptions options,
            Environments environments,
            Containment containment,
            PatientCodec codec,
            CoordinatorMetrics metrics,
            StoreKind seen) {
        var rules = new TaskRules(environments, options, containment);
        var bytes = new ByteArrayDeserializer();
        var topology = new Topology();
        topology.addGlobalStore(
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(StoreNames.MODEL_VERSIONS),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withLoggingDisabled(),
                "model-versions-source",
                new LenientTime(),
                bytes,
                bytes,
                TopicCatalog.MODEL_VERSIONS.name(),
                "model-version-table",
                () -> new ModelVersionTable(codec));
        topology.addSource(
                AutoOffsetReset.earliest(),
                SOURCE,
                new LenientTime(),
                bytes,
                bytes,
                copartitioned().toArray(String[]::new));
        var records = new AtomicLong();
        topology.addProcessor(
                PROCESSOR, () -> new CoordinatorProcessor(options, rules, codec, metrics, records), SOURCE);
        for (StoreBuilder<KeyValueStore<String, byte[]>> store : stores(options.store(), seen)) {
            topology.addStateStore(store, PROCESSOR);
        }
        for (String sink : SINKS) {
            topology.addSink(Outbox.sink(sink), sink, new ByteArraySerializer(), new ByteArraySerializer(), PROCESSOR);
        }
        topology.addSink(
                Outbox.sink(TopicCatalog.ADMISSIONS.name()),
                TopicCatalog.ADMISSIONS.name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                (_, key, _, _) -> Optional.of(Set.of(Integer.parseInt(new String(key, UTF_8)))),
                PROCESSOR);
        return topology;
    }

    private static List<StoreBuilder<KeyValueStore<String, byte[]>>> stores(StoreKind kind, StoreKind seen) {
        // Of all that a group goes through between two commits, disk and changelog see the last; the cache is written
        // out before every commit, so a crash finds the store as it was committed. Whoever looks at ranges of a store
        // every few milliseconds would have the cache copy all its keys each time, and what comes once and stays would
        // only take the room of groups.
        return List.of(
                store(StoreNames.GROUPS, kind).withCachingEnabled(),
                store(StoreNames.DEADLINES, kind).withCachingEnabled(),
                store(StoreNames.WAITING, kind).withCachingDisabled(),
                store(StoreNames.ADMITTED, kind).withCachingEnabled(),
                store(StoreNames.SEEN, seen).withCachingDisabled());
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name, StoreKind kind) {
        return Stores.keyValueStoreBuilder(
                        switch (kind) {
                            case MEMORY -> Stores.inMemoryKeyValueStore(name);
                            case ROCKSDB -> Stores.persistentKeyValueStore(name);
                        },
                        Serdes.String(),
                        Serdes.ByteArray())
                .withLoggingEnabled(Map.of("max.message.bytes", Integer.toString(Topic.MAX_MESSAGE_BYTES)));
    }
}
