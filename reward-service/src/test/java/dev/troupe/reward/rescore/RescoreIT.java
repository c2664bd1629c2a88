package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.EPISODES;
import static dev.troupe.schemas.TopicCatalog.EPISODE_GROUPS;
import static dev.troupe.schemas.TopicCatalog.MODEL_VERSIONS;
import static dev.troupe.schemas.TopicCatalog.RESCORED_EPISODES;
import static dev.troupe.schemas.TopicCatalog.TASKS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.troupe.local.LocalCluster;
import dev.troupe.reward.RewardService;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.rescore.RescoreReport.Omission;
import dev.troupe.reward.rescore.kafka.RescoredWriter;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Episodes that a real reward service has played and judged, judged again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RescoreIT {

    private static final int GENERATIONS = ScriptedAgents.TOKENS.size();
    private static final int CODING = 2;
    private static final int WRITING = 1;

    private LocalCluster cluster;
    private KafkaClients clients;
    private Map<String, String> settings;

    @BeforeAll
    void play(@TempDir Path dir) throws Exception {
        cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0);
        settings = new HashMap<>(cluster.settings());
        settings.put("coordinator.store", "memory");
        settings.put("coordinator.state.dir", dir.resolve("streams").toString());
        settings.put("num_generations", Integer.toString(GENERATIONS));
        settings.put("train.groups.per.step", "100");
        settings.put("sampling.max.completion.length", "50");
        clients = new KafkaClients(Settings.of(settings));
        try (var writer = new TopicWriter(clients, "users");
                var service = new RewardService(Settings.of(settings), clients, new SimpleMeterRegistry());
                var _ = new ScriptedAgents(clients)) {
            send(writer, MODEL_VERSIONS, "team", version());
            for (int i = 0; i < CODING; i++) {
                send(writer, TASKS, "coding-" + i, task("coding", "coding-" + i, "assert main([1, -2, 3]) == 4"));
            }
            // A duplicate that another answer would be right for: it is not what was played.
            send(writer, TASKS, "coding-0", task("coding", "coding-0", "assert main([1, -2, 3]) == 7"));
            for (int i = 0; i < WRITING; i++) {
                send(writer, TASKS, "writing-" + i, task("writing", "writing-" + i, ""));
            }
            service.start();
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> records(EPISODE_GROUPS.name()).size() == CODING + WRITING);
        }
        assertThat(records("dead-letters"))
                .singleElement()
                .satisfies(letter -> assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON))
                        .contains("duplicate-task"));
    }

    @AfterAll
    void stop() {
        clients.close();
        cluster.close();
    }

    @Test
    @Order(1)
    void unchangedWeightsChangeNothingBitForBit() throws Exception {
        RescoreReport report = run("coding", "coding", WeightChange.NONE, true, "run-1");

        assertThat(rescored("run-1")).isEqualTo(episodes("coding"));
        TeamChange team = team(report);
        assertThat(team.episodes()).isEqualTo(CODING * GENERATIONS);
        assertThat(team.meanAfter()).isEqualTo(team.meanBefore());
        assertThat(team.meanTau()).hasValue(1.0);
        assertThat(team.bestChanged()).isZero();
        assertThat(report.leftOut()).isEmpty();
        assertThat(report.elsewhere()).isEqualTo(WRITING * GENERATIONS);
    }

    @Test
    @Order(2)
    void otherWeightsChangeTheOrder() throws Exception {
        List<Episode> before = episodes("coding");

        RescoreReport report = run("coding", "coding", WeightChange.parse("quality=0,speed=1"), true, "run-2");

        // Right are 1 and 3, which end after a turn; critical paths are 10, 20, 30 and 40 tokens of two turns' 100.
        // Before, by rank: 1, 3, 0, 2. After: 0, 1, 2, 3. Of six pairs three are swapped.
        TeamChange team = team(report);
        assertThat(team.groups()).isEqualTo(CODING);
        assertThat(team.rankedGroups()).isEqualTo(CODING);
        assertThat(team.bestChanged()).isEqualTo(CODING);
        assertThat(team.meanTau()).hasValueCloseTo(0.0, within(1e-12));
        // Messages cost one token per role and turn and episode number.
        assertThat(rescored("run-2"))
                .extracting(
                        episode -> episode.getEpisode(),
                        episode -> Math.round(100
                                * (episode.getScore().getReward()
                                        + 0.05 * episode.getScore().getCoordination())))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, CODING)
                        .boxed()
                        .flatMap(_ -> IntStream.range(0, GENERATIONS)
                                .mapToObj(i -> org.assertj.core.groups.Tuple.tuple(i, 90L - 10L * i)))
                        .toList());
        assertThat(episodes("coding")).as("the originals").isEqualTo(before);
        assertThat(provenance("run-2"))
                .isEqualTo("{\"run\":\"run-2\",\"environment\":\"coding\",\"judge\":\"coding\","
                        + "\"weights\":{\"quality\":0.0,\"speed\":1.0}}");
    }

    @Test
    @Order(3)
    void aDryRunPublishesNothingAndTextNeedsNoSandbox() throws Exception {
        int published = records(RESCORED_EPISODES.name()).size();

        RescoreReport report = run("writing", "writing", WeightChange.parse("quality=-1"), false, "run-3");

        assertThat(report.rejudged()).isEqualTo(WRITING * GENERATIONS);
        assertThat(team(report).bestChanged()).isEqualTo(WRITING);
        assertThat(records(RESCORED_EPISODES.name())).hasSize(published);
    }

    @Test
    @Order(4)
    void anotherJudgeMayNotKnowWhatToMakeOfIt() throws Exception {
        RescoreReport report = run("writing", "coding", WeightChange.NONE, true, "run-4");

        assertThat(report.rejudged()).isZero();
        assertThat(report.leftOut()).containsOnlyKeys(LeftOut.UNSCORABLE);
        assertThat(omission(report, LeftOut.UNSCORABLE).episodes()).isEqualTo(WRITING * GENERATIONS);
        assertThat(omission(report, LeftOut.UNSCORABLE).first())
                .startsWith("writing-0/")
                .contains("INVALID_TASK");
    }

    @Test
    @Order(5)
    void aTimeWithoutEpisodesHasNone() throws Exception {
        var past = new RescoreRequest(
                "coding", "coding", Instant.EPOCH, Instant.ofEpochSecond(1), Optional.empty(), WeightChange.NONE, true);
        assertThat(rescore().run(clients, past, "run-5", (_, _) -> {}).found()).isZero();
        assertThatThrownBy(() -> run("chess", "chess", WeightChange.NONE, true, "run-5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no environment is named 'chess'; there are [coding, writing]");
    }

    @Test
    @Order(6)
    void anEpisodeWhoseTaskHasExpiredIsNamed() throws Exception {
        try (var admin = clients.admin("test")) {
            admin.deleteRecords(Map.of(new TopicPartition(TASKS.name(), 0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }

        RescoreReport report = run("coding", "coding", WeightChange.NONE, true, "run-6");

        assertThat(report.rejudged()).isZero();
        assertThat(omission(report, LeftOut.TASK_EXPIRED).episodes()).isEqualTo(CODING * GENERATIONS);
        assertThat(rescored("run-6")).isEmpty();
    }

    private Rescore rescore() {
        return new Rescore(Settings.of(settings), Environments.load());
    }

    private RescoreReport run(String environment, String judge, WeightChange weights, boolean publish, String runId)
            throws Exception {
        Instant now = Instant.now();
        var request = new RescoreRequest(
                environment,
                judge,
                now.minus(Duration.ofHours(1)),
                now.plus(Duration.ofHours(1)),
                Optional.of("team"),
                weights,
                publish);
        return rescore().run(clients, request, runId, (_, read) -> {
            assertThat(read).isBetween(0.0, 1.0);
            if (environment.equals("writing") && judge.equals("writing")) {
                assertThat(ProcessHandle.current().children()).isEmpty();
            }
        });
    }

    private static TeamChange team(RescoreReport report) {
        assertThat(report.teams()).containsOnlyKeys("team");
        return requireNonNull(report.teams().get("team"));
    }

    private static Omission omission(RescoreReport report, LeftOut reason) {
        return requireNonNull(report.leftOut().get(reason));
    }

    private List<Episode> episodes(String environment) throws Exception {
        var episodes = new ArrayList<Episode>();
        for (ConsumerRecord<byte[], byte[]> record : records(EPISODES.name())) {
            Episode episode = clients.codec().decode(EPISODES, record.value());
            if (episode.getEnvironment().equals(environment)) {
                episodes.add(episode);
            }
        }
        return episodes;
    }

    private List<Episode> rescored(String runId) throws Exception {
        var episodes = new ArrayList<Episode>();
        for (ConsumerRecord<byte[], byte[]> record : of(runId)) {
            Episode episode = clients.codec().decode(RESCORED_EPISODES, record.value());
            assertThat(new String(record.key(), UTF_8)).isEqualTo(episode.getTaskId());
            episodes.add(episode);
        }
        return episodes;
    }

    private String provenance(String runId) throws Exception {
        return DeadLetters.text(of(runId).getFirst().headers(), RescoredWriter.HEADER)
                .orElseThrow();
    }

    private List<ConsumerRecord<byte[], byte[]>> of(String runId) throws Exception {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        for (ConsumerRecord<byte[], byte[]> record : records(RESCORED_EPISODES.name())) {
            String header =
                    DeadLetters.text(record.headers(), RescoredWriter.HEADER).orElseThrow();
            if (new ObjectMapper().readTree(header).path("run").asText().equals(runId)) {
                records.add(record);
            }
        }
        return records;
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        var partition = new TopicPartition(topic, 0);
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = clients.consumer("test", null, Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static <T extends SpecificRecord> void send(TopicWriter writer, Topic<T> topic, String key, T value)
            throws InterruptedException {
        TopicWriter.await(List.of(writer.send(topic, key, value)));
    }

    private static Task task(String environment, String id, String test) {
        return Task.newBuilder()
                .setTaskId(id)
                .setEnvironment(environment)
                .setPrompt("add up what is positive")
                .setFields(test.isEmpty() ? Map.of() : Map.of("test", test))
                .setMaxTurns(test.isEmpty() ? 1 : 2)
                .build();
    }

    private static ModelVersion version() {
        return ModelVersion.newBuilder()
                .setPolicyId("team")
                .setVersion(0)
                .setTeamId("team")
                .setArtifactUri("file:/nowhere")
                .setFiles(List.of())
                .setTrainingStep(0)
                .setCreatedAt(0)
                .build();
    }
}
