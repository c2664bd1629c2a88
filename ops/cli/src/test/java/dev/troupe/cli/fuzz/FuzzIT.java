package dev.troupe.cli.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.troupe.cli.fuzz.Ledger.Fate;
import dev.troupe.local.LocalCluster;
import dev.troupe.reward.RewardService;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Task;
import dev.troupe.trainer.kafka.GroupFeed;
import dev.troupe.trainer.kafka.ReceivedGroup;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random and mutated records in every topic, between tasks that are played to their end: each bad record becomes one
 * dead letter with the bytes that were sent, and everybody lives. {@code -Dtroupe.fuzz.records=1000000} sends a
 * million.
 */
class FuzzIT {

    private static final Logger LOGGER = LoggerFactory.getLogger("fuzz");

    private static final int RECORDS = Integer.getInteger("troupe.fuzz.records", 2_000);
    private static final long SEED = Long.getLong("troupe.fuzz.seed", 20261125);
    private static final int GOOD_TASKS = 20;
    private static final int HUGE = Math.clamp(RECORDS / 1_000, 2, 24);

    /** Of each work queue, whose letters are written one by one. */
    private static final int WORKERS = RECORDS < 100_000 ? 1 : 4;

    /** Without any progress. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private final Ledger ledger = new Ledger(RECORDS);
    private final Set<String> fed = new HashSet<>();
    private final Set<String> grouped = ConcurrentHashMap.newKeySet();
    private final long started = System.nanoTime();

    @BeforeEach
    void logLess() {
        level("dev.troupe", Level.ERROR);
        level("fuzz", Level.INFO);
    }

    /** The tests that follow in this JVM look for what is logged. */
    @AfterEach
    void logAsBefore() {
        level("dev.troupe", null);
        level("fuzz", null);
    }

    @Test
    void everyBadRecordIsOneDeadLetterAndEverybodyLives() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0)) {
            Settings settings = settings(cluster);
            try (var clients = new KafkaClients(settings);
                    var service = new RewardService(settings, clients, new SimpleMeterRegistry());
                    var agents = new ScriptedAgents(clients, WORKERS);
                    var groups = new TopicReader<>(
                            clients,
                            "fuzz",
                            TopicCatalog.EPISODE_GROUPS,
                            record -> grouped.add(record.value().getTaskId()));
                    var producer = clients.producer("fuzz", Map.of());
                    var letters = new LetterReader(clients, ledger)) {
                publishVersion(clients, producer);
                service.start();
                groups.start();
                sendAll(clients, producer, agents, letters);
                settle(letters);

                feed(clients, producer, agents, "after");
                await().atMost(PATIENCE).until(() -> grouped.containsAll(fed));
                letters.readToTheEnd();
                check(agents);
                assertThat(service.live()).isTrue();
                assertThat(agents.live()).isTrue();
                assertThat(groups.live()).isTrue();
                trainerReadsEveryGroup(clients);
            }
        }
    }

    /** A line for each letter would be all there is to see. */
    private static void level(String logger, @Nullable Level level) {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(logger)).setLevel(level);
    }

    private Settings settings(LocalCluster cluster) {
        var all = new HashMap<>(cluster.settings());
        all.put("coordinator.state.dir", dir.resolve("streams").toString());
        all.put("coordinator.store", "memory");
        all.put("coordinator.policy.timeout", "2s");
        all.put("train.groups.per.step", "65536");
        all.put("judge.workers", Integer.toString(WORKERS));
        return Settings.of(all);
    }

    private static void publishVersion(KafkaClients clients, Producer<byte[], byte[]> producer) throws Exception {
        ModelVersion version = ModelVersion.newBuilder()
                .setPolicyId("team")
                .setVersion(100)
                .setTeamId("team")
                .setArtifactUri("file:/nowhere")
                .setFiles(List.of())
                .setTrainingStep(100)
                .setCreatedAt(0)
                .build();
        producer.send(new ProducerRecord<>(
                        TopicCatalog.MODEL_VERSIONS.name(),
                        "team".getBytes(UTF_8),
                        clients.codec().encode(TopicCatalog.MODEL_VERSIONS, version)))
                .get();
    }

    private void sendAll(
            KafkaClients clients, Producer<byte[], byte[]> producer, ScriptedAgents agents, LetterReader letters)
            throws Exception {
        var mutator = new Mutator(new Corpus(clients.codec(), SEED), new Random(SEED), System.currentTimeMillis());
        var failure = new AtomicReference<Exception>();
        for (int id = 0; id < RECORDS; id++) {
            if (id % Math.max(1, RECORDS / GOOD_TASKS) == 0) {
                feed(clients, producer, agents, "good-" + id);
            }
            ProducerRecord<byte[], byte[]> record =
                    id % Math.max(1, RECORDS / HUGE) == 1 ? mutator.huge(id) : mutator.next(id);
            ledger.sent(id, record, clients.codec()).ifPresent(agents::play);
            Future<RecordMetadata> _ = producer.send(record, (_, refused) -> {
                if (refused != null) {
                    failure.compareAndSet(null, refused);
                }
            });
            if (id % 5_000 == 4_999) {
                letters.poll(Duration.ofMillis(10));
                LOGGER.info("{} sent, {} letters missing, {} s", id + 1, ledger.missing(), seconds());
            }
        }
        producer.flush();
        assertThat(failure.get()).as("refused by the broker, seed %d", SEED).isNull();
    }

    private void feed(KafkaClients clients, Producer<byte[], byte[]> producer, ScriptedAgents agents, String taskId) {
        Task task = Corpus.task(taskId, 2);
        agents.play(taskId);
        fed.add(taskId);
        Future<RecordMetadata> _ = producer.send(new ProducerRecord<>(
                TopicCatalog.TASKS.name(),
                taskId.getBytes(UTF_8),
                clients.codec().encode(TopicCatalog.TASKS, task)));
    }

    /** Until nothing is missing, or nothing has changed for a while. */
    private void settle(LetterReader letters) {
        long progress = System.nanoTime();
        long logged = progress;
        while (!settled() && System.nanoTime() - progress < PATIENCE.toNanos()) {
            if (letters.poll(Duration.ofMillis(200)) > 0) {
                progress = System.nanoTime();
            }
            if (System.nanoTime() - logged > Duration.ofSeconds(10).toNanos()) {
                logged = System.nanoTime();
                LOGGER.info("{} letters missing, {} s", ledger.missing(), seconds());
            }
        }
    }

    private boolean settled() {
        return ledger.missing() == 0
                && ledger.openTasks(grouped) == 0
                && ledger.derived() >= ledger.judgedSteps()
                && grouped.containsAll(fed);
    }

    private void check(ScriptedAgents agents) {
        LOGGER.info(
                "seed {}: {} records in {} s: {} letters {}, {} accepted, {} tasks, {} steps, {} letters of answers",
                SEED,
                RECORDS,
                seconds(),
                ledger.count(Fate.LETTER),
                ledger.reasons(),
                ledger.count(Fate.ACCEPTED),
                ledger.count(Fate.TASK),
                ledger.count(Fate.STEP),
                ledger.derived());
        assertThat(ledger.faults()).as("seed %d", SEED).isEmpty();
        assertThat(ledger.changed())
                .as("letters that differ from what was sent, seed %d", SEED)
                .isZero();
        assertThat(ledger.openTasks(grouped))
                .as("tasks without letter or group, seed %d", SEED)
                .isZero();
        assertThat(ledger.derived()).as("steps that were judged, seed %d", SEED).isGreaterThanOrEqualTo((int)
                ledger.judgedSteps());
        assertThat((long) agents.strangers())
                .as("fuzzed turns that agents got, seed %d", SEED)
                .isGreaterThanOrEqualTo(ledger.acceptedTurns());
    }

    private long seconds() {
        return Duration.ofNanos(System.nanoTime() - started).toSeconds();
    }

    /** The trainer's feed passes over what is no group of its team and returns the rest. */
    private void trainerReadsEveryGroup(KafkaClients clients) {
        var left = new HashSet<>(fed);
        int malformed = 0;
        try (var feed = new GroupFeed(clients, "team")) {
            feed.open(0, Map.of(), false);
            long begun = System.nanoTime();
            while (!left.isEmpty() && System.nanoTime() - begun < PATIENCE.toNanos()) {
                // Empty also after a poll that brought other teams' records alone.
                Optional<ReceivedGroup> next = feed.next(Duration.ofMillis(500));
                if (next.isPresent()) {
                    switch (next.get()) {
                        case ReceivedGroup.Decoded(EpisodeGroup group) -> left.remove(group.getTaskId());
                        case ReceivedGroup.Malformed _ -> malformed++;
                    }
                }
            }
        }
        assertThat(left).as("groups that the trainer did not get").isEmpty();
        assertThat(malformed).as("malformed groups under the team's key").isPositive();
    }
}
