package dev.troupe.reward.judge;

import static dev.troupe.schemas.TopicCatalog.JUDGEMENTS;
import static dev.troupe.schemas.TopicCatalog.STEPS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.Steps;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Judges on a real broker with real sandboxes. */
class JudgeWorkersIT {

    private static final int GOOD = 20;
    private static final String HELPER = "def helper(xs):\n    return [x for x in xs if x > 0]";
    private static final String MAIN = "def main(xs):\n    return sum(helper(xs))";
    private static final String ENDLESS = "def main(xs):\n    while True: pass";

    @TempDir
    private Path dir;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Map<String, Judgement> judgements = new ConcurrentHashMap<>();

    @ParameterizedTest
    @EnumSource
    void everyStepIsJudgedAndHostileOnesHoldNobodyUp(QueueProtocol protocol) throws Exception {
        List<Step> steps = new ArrayList<>(IntStream.range(0, GOOD)
                .mapToObj(i -> step("good-" + i, "coding", Map.of("helper", HELPER, "main", MAIN)))
                .toList());
        steps.add(3, step("endless", "coding", Map.of("helper", HELPER, "main", ENDLESS)));
        steps.add(5, step("half", "coding", Map.of("main", MAIN)));
        steps.add(7, step("elsewhere", "nowhere", Map.of("main", MAIN)));
        steps.add(9, step("text", "writing", Map.of("author1", "too short", "author2", "too short")));
        try (LocalCluster cluster = LocalCluster.start(dir, 0, 0);
                KafkaClients clients = new KafkaClients(Settings.of(cluster.settings()), meters);
                TopicWriter writer = new TopicWriter(clients, "test");
                TopicReader<Judgement> reader = new TopicReader<>(
                        clients,
                        "test",
                        JUDGEMENTS,
                        record -> judgements.put(record.value().getTaskId(), record.value()));
                var workers = new JudgeWorkers(
                        clients,
                        Environments.load(),
                        JudgeOptions.of(Settings.of(Map.of("queue.protocol", protocol.tag()))))) {
            reader.start();
            workers.start();
            var sent = new ArrayList<CompletableFuture<Origin>>();
            steps.forEach(step -> sent.add(writer.send(STEPS, step.getTask().getTaskId(), step)));
            TopicWriter.await(sent);

            await().atMost(Duration.ofMinutes(1)).until(() -> judgements.size() == steps.size());
            assertThat(workers.live()).isTrue();
        }
        IntStream.range(0, GOOD).forEach(i -> {
            Judgement judgement = judgement("good-" + i);
            assertThat(judgement.getScore().getPassed()).isTrue();
            assertThat(judgement.getScore().getQuality()).isEqualTo(1.0);
        });
        assertThat(judgement("endless").getScore().getPassed()).isFalse();
        assertThat(judgement("half").getUnscorable()).startsWith("INCOMPLETE_STEP: ");
        assertThat(judgement("elsewhere").getUnscorable()).startsWith("UNKNOWN_ENVIRONMENT: ");
        assertThat(judgement("text").getScore().getQuality()).isZero();
        assertThat(meters.get(JudgeMetrics.PROGRAMS)
                        .tag("verdict", "finished")
                        .counter()
                        .count())
                // The good one's trees, its tests, and those twice with an idle helper; the endless one's trees.
                .as("identical programs run once")
                .isEqualTo(4 + 1);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    private Judgement judgement(String taskId) {
        return requireNonNull(judgements.get(taskId), taskId);
    }

    private static Step step(String taskId, String environment, Map<String, String> texts) {
        Task task = Task.newBuilder()
                .setTaskId(taskId)
                .setEnvironment(environment)
                .setPrompt("add up what is positive")
                .setFields(Map.of("test", "assert main([1, -2, 3]) == 4\nassert main([]) == 0"))
                .build();
        return Steps.of(task, List.of(), texts);
    }
}
