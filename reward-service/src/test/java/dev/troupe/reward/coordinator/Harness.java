package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.coordinator.CoordinatorOptions.StoreKind;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.writing.WritingEnvironment;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.AdmissionCounts;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology on a mock clock, with hands for agents, judges and users. */
final class Harness implements AutoCloseable {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RecordCodec codec =
            new RecordCodec(Map.of("schema.registry.url", "mock://coordinator", "auto.register.schemas", true));
    private final TopologyTestDriver driver;
    private final Map<String, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
    private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new HashMap<>();

    Harness(Path stateDir, Map<String, String> settings) {
        this(stateDir, settings, 1);
    }

    /** @param partitions that there would be; this is the first of them */
    Harness(Path stateDir, Map<String, String> settings, int partitions) {
        var given = new HashMap<>(settings);
        given.putIfAbsent("coordinator.store", "memory");
        given.put("coordinator.state.dir", stateDir.toString());
        CoordinatorOptions options = CoordinatorOptions.from(Settings.of(given)).withPartitions(partitions);
        var topology = CoordinatorTopology.build(
                options,
                Environments.of(List.of(new TalkEnvironment(), new WritingEnvironment())),
                new Containment(options.timeouts().begin(), CoordinatorOptions.BEGIN_TIMEOUT),
                new PatientCodec(codec, Duration.ofSeconds(1)),
                new CoordinatorMetrics(meters),
                StoreKind.MEMORY);
        Properties properties = StreamsSettings.of(Map.of("bootstrap.servers", "none:1"), options);
        this.driver = new TopologyTestDriver(topology, properties, START);
    }

    Instant now() {
        return START.plusMillis(elapsed.toMillis());
    }

    private Duration elapsed = Duration.ZERO;

    void advance(Duration time) {
        elapsed = elapsed.plus(time);
        driver.advanceWallClockTime(time);
    }

    void pipe(String topic, @Nullable String key, byte @Nullable [] value) {
        pipe(topic, key, value, new RecordHeaders());
    }

    void pipe(String topic, @Nullable String key, byte @Nullable [] value, Headers headers) {
        inputs.computeIfAbsent(
                        topic,
                        name -> driver.createInputTopic(name, new ByteArraySerializer(), new ByteArraySerializer()))
                .pipeInput(new TestRecord<>(key == null ? null : key.getBytes(UTF_8), value, headers, now()));
    }

    byte[] encoded(Task task) {
        return codec.encode(TopicCatalog.TASKS, task);
    }

    <T extends SpecificRecord> void pipe(Topic<T> topic, String key, T value) {
        pipe(topic.name(), key, codec.encode(topic, value));
    }

    void version(String policyId, int version) {
        version(Records.version(policyId, version));
    }

    void version(ModelVersion version) {
        pipe(TopicCatalog.MODEL_VERSIONS, version.getPolicyId(), version);
        advance(Duration.ofMillis(50));
    }

    void task(Task task) {
        pipe(TopicCatalog.TASKS, task.getTaskId(), task);
    }

    void action(Action action) {
        pipe(TopicCatalog.ACTIONS, action.getTaskId(), action);
    }

    void message(Message message) {
        pipe(TopicCatalog.MESSAGES, message.getTaskId(), message);
    }

    void judgement(Judgement judgement) {
        pipe(TopicCatalog.JUDGEMENTS, judgement.getTaskId(), judgement);
    }

    /** Acts on all turns without a message. */
    void act(List<Turn> turns) {
        turns.forEach(turn -> action(Records.action(turn, 0)));
    }

    List<Turn> turns() {
        return read(TopicCatalog.TURNS);
    }

    List<Step> steps() {
        return read(TopicCatalog.STEPS);
    }

    List<Episode> episodes() {
        return read(TopicCatalog.EPISODES);
    }

    List<EpisodeGroup> groups() {
        return read(TopicCatalog.EPISODE_GROUPS);
    }

    /** What was said to other partitions. */
    List<AdmissionCounts> admissions() {
        return read(TopicCatalog.ADMISSIONS);
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return output(TopicCatalog.DEAD_LETTERS).readRecordsToList();
    }

    /** Entries in a store. */
    long size(String store) {
        return keys(store).size();
    }

    /** Keys in a store, in its order. */
    List<String> keys(String store) {
        var keys = new ArrayList<String>();
        try (var entries = driver.<String, byte[]>getKeyValueStore(store).all()) {
            entries.forEachRemaining(entry -> keys.add(entry.key));
        }
        return keys;
    }

    double ignored(Ignored what) {
        return meters.counter(CoordinatorMetrics.IGNORED, "what", what.tag()).count();
    }

    private <T extends SpecificRecord> List<T> read(Topic<T> topic) {
        var values = new ArrayList<T>();
        for (byte[] value : output(topic.name()).readValuesToList()) {
            try {
                values.add(codec.decode(topic, value));
            } catch (MalformedRecordException e) {
                throw new AssertionError("the coordinator wrote a malformed record to " + topic.name(), e);
            }
        }
        return values;
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return outputs.computeIfAbsent(
                topic,
                name -> driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Override
    public void close() {
        driver.close();
        codec.close();
    }
}
