package dev.troupe.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service on a real broker and registry; the test plays the rest of the system. */
class EvaluatorServiceIT {

    /** So many that a difference of all of them is no chance. */
    private static final int TASKS = 6;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    @Timeout(120)
    void comparesVersionsOverRestartsAndSaysEverythingOnce(@TempDir Path directory) throws Exception {
        Path heldOut = Files.write(
                directory.resolve("heldout.jsonl"),
                IntStream.range(0, TASKS)
                        .mapToObj(
                                "{\"taskId\":\"%d\",\"environment\":\"coding\",\"prompt\":\"Return the sum.\"}"
                                        ::formatted)
                        .toList());
        try (var cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
                var clients = new KafkaClients(Settings.of(cluster.settings()));
                var writer = new TopicWriter(clients, "test")) {
            BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
            List<Evaluation> evaluations = new CopyOnWriteArrayList<>();
            List<Alarm> alarms = new CopyOnWriteArrayList<>();
            try (var taskReader = new TopicReader<>(
                            clients, "test", TopicCatalog.TASKS, record -> tasks.add(record.value()));
                    var evaluationReader = new TopicReader<>(
                            clients, "test", TopicCatalog.EVALUATIONS, record -> evaluations.add(record.value()));
                    var alarmReader = new TopicReader<>(
                            clients, "test", TopicCatalog.ALARMS, record -> alarms.add(record.value()))) {
                taskReader.start();
                evaluationReader.start();
                alarmReader.start();

                try (var service = service(cluster, clients, heldOut)) {
                    service.start();
                    publish(writer, 0);
                    play(writer, tasks, 0, true, 0.5);
                    await().atMost(PATIENCE).until(() -> evaluations.size() == 1);
                }
                assertThat(evaluations.getFirst().getMetrics().get("passRate"))
                        .satisfies(metric -> assertThat(metric.getMean()).isOne());

                try (var again = service(cluster, clients, heldOut)) {
                    again.start();
                    publish(writer, 20);
                    play(writer, tasks, 20, false, 0.75);
                    await().atMost(PATIENCE).until(() -> evaluations.size() == 2 && alarms.size() == 1);
                }
                assertThat(evaluations.getLast().getComparisons())
                        .singleElement()
                        .satisfies(comparison -> {
                            assertThat(comparison.getVersions()).containsExactly(Map.entry("team", 0));
                            assertThat(comparison.getDifferences().get("reward"))
                                    .satisfies(reward ->
                                            assertThat(reward.getMean()).isEqualTo(0.25));
                        });
                assertThat(alarms.getFirst().getVersion()).isEqualTo(20);

                try (var last = service(cluster, clients, heldOut)) {
                    last.start();
                    await().during(Duration.ofSeconds(2))
                            .atMost(PATIENCE)
                            .until(() -> tasks.isEmpty() && evaluations.size() == 2 && alarms.size() == 1);
                }
            }
        }
    }

    private static void publish(TopicWriter writer, int version) throws InterruptedException {
        TopicWriter.await(List.of(writer.send(TopicCatalog.MODEL_VERSIONS, "team", Samples.version("team", version))));
    }

    /** Answers all tasks of a run. */
    private static void play(TopicWriter writer, BlockingQueue<Task> tasks, int version, boolean passed, double reward)
            throws InterruptedException {
        for (int i = 0; i < TASKS; i++) {
            Task task = tasks.take();
            assertThat(task.getPurpose()).isEqualTo(Purpose.EVALUATE);
            assertThat(task.getPolicyVersions()).containsEntry("team", version);
            String taskId = task.getTaskId();
            TopicWriter.await(List.of(writer.send(
                    TopicCatalog.EPISODES,
                    taskId,
                    Samples.scored(taskId, 0, passed, reward).build())));
        }
    }

    private static EvaluatorService service(LocalCluster cluster, KafkaClients clients, Path heldOut) {
        Map<String, String> settings = new HashMap<>(cluster.settings());
        settings.put("evaluator.benchmarks", "b");
        settings.put("benchmark.b.tasks", heldOut.toString());
        settings.put("evaluator.alarms", "hacking");
        settings.put("alarm.hacking.reward", "b.reward");
        settings.put("alarm.hacking.guard", "b.pass@1");
        return new EvaluatorService(Settings.of(settings), clients, new SimpleMeterRegistry());
    }
}
