package dev.troupe.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.agent.AgentService;
import dev.troupe.evaluator.EvaluatorService;
import dev.troupe.reward.RewardService;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.lifecycle.Lifecycle;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.TrainerService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The path of {@code docker compose up} with the same broker and registry: topics applied, a task in, episodes,
 * versions and an evaluation out. Skipped, with the reason in the log, where their containers cannot be run.
 */
class ContainersIT {

    private static final Path EXAMPLES = ComposeSettings.ROOT.resolve("examples");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int GROUP = 2;

    @Test
    @Timeout(420)
    void aTaskBecomesEpisodesVersionsAndAnEvaluation(@TempDir Path directory) throws Exception {
        try (ContainerCluster containers = ContainerCluster.start()) {
            var settings = Settings.of(settings(containers, directory));
            try (var clients = new KafkaClients(settings)) {
                apply(clients);
                playAndTrain(settings, clients);
            }
        }
    }

    private static void apply(KafkaClients clients) throws InterruptedException {
        try (var admin = clients.admin("test")) {
            var provisioning = new Provisioning(1, (short) 1);
            TopicProvisioner.apply(admin, clients, provisioning);
            assertThat(TopicProvisioner.diff(admin, clients, provisioning)).isEmpty();
        }
    }

    private static void playAndTrain(Settings settings, KafkaClients clients) throws Exception {
        var meters = new SimpleMeterRegistry();
        var episodes = new CopyOnWriteArrayList<Episode>();
        var versions = new CopyOnWriteArrayList<ModelVersion>();
        var evaluations = new CopyOnWriteArrayList<Evaluation>();
        try (var lifecycle = new Lifecycle(List.of(
                new TrainerService(settings, clients, meters),
                new AgentService(settings, clients, meters),
                new RewardService(settings, clients, meters),
                new EvaluatorService(settings, clients, meters),
                reader(clients, TopicCatalog.EPISODES, episodes),
                reader(clients, TopicCatalog.MODEL_VERSIONS, versions),
                reader(clients, TopicCatalog.EVALUATIONS, evaluations)))) {
            settings.check();
            lifecycle.start();
            feed(clients, "first", 0);
            feed(clients, "second", 1);

            // Version 0 is what training starts from.
            await().atMost(PATIENCE)
                    .until(() -> versions.stream().map(ModelVersion::getVersion).toList(), List.of(0, 1, 2)::equals);
            await().atMost(PATIENCE).until(() -> !evaluations.isEmpty());
            assertScored(episodes, "first");
            assertScored(episodes, "second");
            assertThat(evaluations.getFirst().getBenchmark()).isEqualTo("one");
            assertThat(evaluations.getFirst().getTasks()).isEqualTo(1);
            assertThat(evaluations.getFirst().getIncomplete()).isZero();
            assertThat(evaluations.getFirst().getMetrics()).containsKey("passRate");
            assertThat(lifecycle.live()).isTrue();
        }
    }

    /** Plain JSON, as any Kafka tool sends it. */
    private static void feed(KafkaClients clients, String taskId, int number) throws Exception {
        String task = Files.readAllLines(EXAMPLES.resolve("coding/train.jsonl"))
                .get(number)
                .replaceFirst("\"taskId\":\"[^\"]*\"", "\"taskId\":\"" + taskId + "\"");
        try (var producer = clients.producer("test", Map.of())) {
            producer.send(new ProducerRecord<>(TopicCatalog.TASKS.name(), taskId.getBytes(UTF_8), task.getBytes(UTF_8)))
                    .get();
        }
    }

    private static void assertScored(List<Episode> episodes, String taskId) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(episodes)
                        .filteredOn(episode -> episode.getTaskId().equals(taskId))
                        .hasSize(GROUP)
                        .allSatisfy(episode -> {
                            assertThat(episode.getStatus()).isEqualTo(EpisodeStatus.SCORED);
                            assertThat(episode.getScore()).isNotNull();
                        }));
    }

    private static <T extends SpecificRecord> TopicReader<T> reader(
            KafkaClients clients, Topic<T> topic, List<T> values) {
        return new TopicReader<>(clients, "test", topic, read -> values.add(read.value()));
    }

    private static Map<String, String> settings(ContainerCluster containers, Path directory) throws IOException {
        Path heldOut = directory.resolve("heldout.jsonl");
        Files.write(
                heldOut,
                Files.readAllLines(EXAMPLES.resolve("coding/heldout.jsonl")).subList(0, 1));
        Map<String, String> settings = containers.settings();
        settings.put("artifacts.dir", directory.resolve("artifacts").toString());
        settings.put("coordinator.state.dir", directory.resolve("streams").toString());
        settings.put(
                "trainer.initial.checkpoint",
                EXAMPLES.resolve("reference-policy").toString());
        settings.put("num_generations", Integer.toString(GROUP));
        settings.put("train.groups.per.step", "1");
        settings.put("judge.workers", "1");
        settings.put("evaluator.benchmarks", "one");
        settings.put("benchmark.one.tasks", heldOut.toString());
        settings.put("benchmark.one.every", "1");
        return settings;
    }
}
