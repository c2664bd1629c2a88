package dev.troupe.runtime.kafka;

import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The user's {@code kafka.*} and {@code schema.registry.*} settings, verbatim, less those that Troupe must own.
 *
 * <p>One set serves all kinds of clients: a setting that another kind knows and this one does not is left out of it;
 * one that no kind knows (a plug-in's) goes to all.
 */
final class ClientSettings {

    private static final String PREFIX = "kafka.";
    private static final String REGISTRY_PREFIX = "schema.registry.";
    private static final String EACH_CLIENT = "each client has its own, given by the service";
    private static final String OWN_SCHEMA = "records are written with the schemas of this release";
    private static final long MIN_SESSION_MILLIS = 6_000;
    private static final long MAX_SESSION_MILLIS = 10_000;

    /** Why a setting is ours, and which values mean the same as ours. */
    private record Owned(Set<String> accepted, String reason) {}

    private static final Map<String, Owned> OWNED = Map.ofEntries(
            Map.entry(
                    ProducerConfig.ACKS_CONFIG,
                    new Owned(Set.of("all", "-1"), "a record that is not on all replicas can be lost")),
            Map.entry(
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    new Owned(Set.of("true"), "retries would write records twice")),
            Map.entry(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                    new Owned(Set.of("read_committed"), "records of aborted transactions would be read")),
            Map.entry(
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                    new Owned(Set.of("false"), "records would count as done before they are")),
            Map.entry(
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                    new Owned(Set.of("false"), "topics come from 'troupe topics apply' alone")),
            Map.entry(
                    ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG,
                    new Owned(Set.of("explicit"), "work would count as done before it is")),
            Map.entry(
                    ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG,
                    new Owned(Set.of("record_limit"), "one worker would take the work of all")),
            Map.entry(
                    "processing.guarantee",
                    new Owned(Set.of("exactly_once_v2"), "tasks would be counted twice after a crash")),
            Map.entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, new Owned(Set.of(), EACH_CLIENT)),
            Map.entry(ConsumerConfig.GROUP_ID_CONFIG, new Owned(Set.of(), EACH_CLIENT)),
            Map.entry(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, new Owned(Set.of(), EACH_CLIENT)),
            Map.entry(ProducerConfig.CLIENT_ID_CONFIG, new Owned(Set.of(), EACH_CLIENT)),
            Map.entry("application.id", new Owned(Set.of(), EACH_CLIENT)),
            Map.entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, new Owned(Set.of(), "records travel as bytes")),
            Map.entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, new Owned(Set.of(), "records travel as bytes")),
            Map.entry(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, new Owned(Set.of(), "records travel as bytes")),
            Map.entry(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, new Owned(Set.of(), "records travel as bytes")));

    private static final Map<String, Owned> OWNED_REGISTRY = Map.of(
            "use.latest.version", new Owned(Set.of("false"), OWN_SCHEMA),
            "use.latest.with.metadata", new Owned(Set.of(), OWN_SCHEMA),
            "use.schema.id", new Owned(Set.of("-1"), OWN_SCHEMA));

    private final Map<String, String> kafka;
    private final Map<String, String> registry;

    ClientSettings(Settings settings) {
        String bootstrap = settings.text(PREFIX + "bootstrap.servers", "localhost:9092");
        String url = settings.text(REGISTRY_PREFIX + "url", "http://localhost:8081");
        Map<String, String> passed = passed(settings, PREFIX, OWNED);
        passed.put("bootstrap.servers", bootstrap);
        this.kafka = Map.copyOf(passed);
        this.registry = registry(passed(settings, REGISTRY_PREFIX, OWNED_REGISTRY), url);
    }

    private static Map<String, String> passed(Settings settings, String prefix, Map<String, Owned> ours) {
        var passed = new TreeMap<>(settings.prefixed(prefix));
        ours.forEach((name, owned) -> {
            String value = passed.remove(name);
            if (value != null && !owned.accepted().contains(value.strip())) {
                settings.problem(prefix + name, "must not be set: " + owned.reason());
            }
        });
        return passed;
    }

    String bootstrapServers() {
        return kafka.getOrDefault("bootstrap.servers", "");
    }

    Map<String, Object> registry() {
        return new HashMap<>(registry);
    }

    Map<String, Object> producer() {
        var settings = defaults(ProducerConfig.LINGER_MS_CONFIG, "5");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // A record of the largest size still has to fit with its headers (dead letters carry more than the original).
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(Topic.MAX_MESSAGE_BYTES + (64 << 10)));
        settings.putAll(passedTo(ProducerConfig.configNames()));
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return settings;
    }

    Map<String, Object> consumer() {
        var settings = defaults(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.putAll(passedTo(ConsumerConfig.configNames()));
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    Map<String, Object> shareConsumer() {
        var settings = new HashMap<>(passedTo(ConsumerConfig.configNames()));
        // Group settings on the broker stand in for these; the share consumer refuses them.
        settings.keySet()
                .removeAll(Set.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                        ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG));
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        return settings;
    }

    /** A queue's member of a consumer group: group protocol and assignor are ours, older brokers know no other. */
    Map<String, Object> groupConsumer(WorkQueueOptions options) {
        Map<String, Object> settings = consumer();
        // Below 6 s, brokers refuse a session unless told otherwise. A long one makes all wait when a worker is killed
        // and started anew: until the dead member's session ends, nobody can commit, and so nobody begins work.
        settings.putIfAbsent(
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                Long.toString(Math.clamp(options.lock().toMillis(), MIN_SESSION_MILLIS, MAX_SESSION_MILLIS)));
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(options.maxBatch(), GroupMember.WINDOW));
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
        // Cooperative: a rebalance stops the work on the partitions that move, and on no other.
        // What would be begun next waits for its end.
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        return settings;
    }

    Map<String, Object> admin() {
        return passedTo(AdminClientConfig.configNames());
    }

    /** All of them: Streams hands each client what it knows. */
    Map<String, Object> streams() {
        var settings = new HashMap<String, Object>(kafka);
        settings.put("processing.guarantee", "exactly_once_v2");
        return settings;
    }

    private static Map<String, Object> defaults(String name, String value) {
        var settings = new HashMap<String, Object>();
        settings.put(name, value);
        return settings;
    }

    private Map<String, Object> passedTo(Set<String> known) {
        var settings = new HashMap<String, Object>();
        kafka.forEach((name, value) -> {
            if (known.contains(name) || !knownToAnother(name)) {
                settings.put(name, value);
            }
        });
        return settings;
    }

    private static boolean knownToAnother(String name) {
        return ProducerConfig.configNames().contains(name)
                || ConsumerConfig.configNames().contains(name)
                || AdminClientConfig.configNames().contains(name);
    }

    private static Map<String, String> registry(Map<String, String> given, String url) {
        var settings = new TreeMap<String, String>();
        given.forEach((name, value) -> {
            // The registry client wants its TLS settings with the prefix and its credentials without.
            settings.put(name, value);
            settings.put(REGISTRY_PREFIX + name, value);
        });
        settings.remove("url");
        settings.put(REGISTRY_PREFIX + "url", url);
        return Map.copyOf(settings);
    }
}
