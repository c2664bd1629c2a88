package dev.troupe.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service on a real broker and registry; the test plays the rest of the system. */
class EvaluatorServiceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    @Timeout(120)
    void publishesAnEvaluationOnceAndNotAgainAfterARestart(@TempDir Path directory) throws Exception {
        Path heldOut = Files.writeString(directory.resolve("heldout.jsonl"), """
                {"taskId":"a","environment":"coding","prompt":"Return the sum."}
                {"taskId":"b","environment":"coding","prompt":"Return the list."}
                """);
        try (var cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
                var clients = new KafkaClients(Settings.of(cluster.settings()));
                var writer = new TopicWriter(clients, "test")) {
            BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
            List<Evaluation> evaluations = new CopyOnWriteArrayList<>();
            try (var taskReader = new TopicReader<>(
                            clients, "test", TopicCatalog.TASKS, record -> tasks.add(record.value()));
                    var evaluationReader = new TopicReader<>(
                            clients, "test", TopicCatalog.EVALUATIONS, record -> evaluations.add(record.value()))) {
                taskReader.start();
                evaluationReader.start();
                TopicWriter.await(
                        List.of(writer.send(TopicCatalog.MODEL_VERSIONS, "team", Samples.version("team", 0))));

                try (var service = service(cluster, clients, heldOut)) {
                    service.start();
                    for (int i = 0; i < 2; i++) {
                        Task task = tasks.take();
                        assertThat(task.getPurpose()).isEqualTo(Purpose.EVALUATE);
                        boolean passed = task.getPrompt().contains("sum");
                        TopicWriter.await(List.of(writer.send(
                                TopicCatalog.EPISODES, task.getTaskId(), Samples.scored(task.getTaskId(), passed))));
                    }
                    await().atMost(PATIENCE).until(() -> evaluations.size() == 1);
                }
                assertThat(evaluations.getFirst().getMetrics().get("passRate"))
                        .satisfies(metric -> assertThat(metric.getMean()).isEqualTo(0.5));

                try (var again = service(cluster, clients, heldOut)) {
                    again.start();
                    await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(tasks::isEmpty);
                }
                assertThat(evaluations).hasSize(1);
            }
        }
    }

    private static EvaluatorService service(LocalCluster cluster, KafkaClients clients, Path heldOut) {
        Map<String, String> settings = new HashMap<>(cluster.settings());
        settings.put("evaluator.benchmarks", "b");
        settings.put("benchmark.b.tasks", heldOut.toString());
        return new EvaluatorService(Settings.of(settings), clients, new SimpleMeterRegistry());
    }
}
