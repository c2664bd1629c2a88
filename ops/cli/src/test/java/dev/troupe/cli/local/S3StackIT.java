package dev.troupe.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.agent.AgentService;
import dev.troupe.local.LocalCluster;
import dev.troupe.reward.RewardService;
import dev.troupe.runtime.artifact.ObjectServer;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.lifecycle.Lifecycle;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.trainer.TrainerService;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trainer and an agent that share no directory, as on two machines: they meet in topics and in a bucket. */
@Timeout(120)
class S3StackIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STEPS = 3;

    @TempDir
    private Path directory;

    @Test
    void theAgentServesWhatTheTrainerPublishesAndOldVersionsLeaveTheBucket() throws Exception {
        try (var bucket = new ObjectServer();
                LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
                Machine _ = trainer(cluster, bucket);
                Machine _ = agent(cluster, bucket)) {
            var tools = new StandardTools(cluster.settings());
            awaitServed(tools, 0);
            for (int step = 1; step <= STEPS; step++) {
                tools.text("tasks", "task-" + step, SmallStack.task("task-" + step, step));
                awaitServed(tools, step);
            }

            assertThat(playedBy(tools, "task-" + STEPS)).containsOnly(STEPS - 1);
            Map<Integer, String> digests = digests(tools);
            assertThat(digests.keySet()).containsExactly(0, 1, 2, 3);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(bucket.keys())
                            .noneMatch(key -> key.contains(digests.get(1)) || key.contains(digests.get(2))));
            for (int kept : List.of(0, STEPS)) {
                String home = "runs/one/team/" + digests.get(kept);
                assertThat(bucket.keys()).contains(home + ".json", home + "/model.safetensors");
            }
        }
    }

    /** Keeps no version but the first and the newest. */
    private Machine trainer(LocalCluster cluster, ObjectServer bucket) throws IOException {
        Map<String, String> settings = settings(cluster, bucket, "trainer");
        settings.putAll(SmallStack.settings(directory));
        settings.keySet().removeIf(key -> key.startsWith("benchmark") || key.startsWith("evaluator"));
        settings.put("coordinator.state.dir", directory.resolve("streams").toString());
        settings.put("trainer.keep.versions", "1");
        settings.put("trainer.keep.served", "1ms");
        return Machine.start(
                settings,
                (read, clients) -> List.of(
                        new TrainerService(read, clients, clients.meters()),
                        new RewardService(read, clients, clients.meters())));
    }

    private Machine agent(LocalCluster cluster, ObjectServer bucket) {
        return Machine.start(
                settings(cluster, bucket, "agent"),
                (read, clients) -> List.of(new AgentService(read, clients, clients.meters())));
    }

    private Map<String, String> settings(LocalCluster cluster, ObjectServer bucket, String machine) {
        var settings = new TreeMap<>(cluster.settings());
        settings.putAll(bucket.settings());
        settings.put("artifacts.s3.prefix", "runs/one");
        settings.put("artifacts.dir", directory.resolve(machine).toString());
        return settings;
    }

    /** Services with settings of their own. */
    private record Machine(KafkaClients clients, Lifecycle services) implements AutoCloseable {
        static Machine start(
                Map<String, String> given, BiFunction<Settings, KafkaClients, List<? extends Service>> made) {
            var settings = Settings.of(given);
            var clients = new KafkaClients(settings, new SimpleMeterRegistry());
            var machine = new Machine(clients, new Lifecycle(made.apply(settings, clients)));
            settings.check();
            machine.services.start();
            return machine;
        }

        @Override
        public void close() {
            try (clients) {
                services.close();
            }
        }
    }

    private static void awaitServed(StandardTools tools, int version) {
        List<GenericRecord> activations = tools.records(
                "model-activations", PATIENCE, read -> (int) read.getLast().get("version") == version);
        assertThat(activations).allSatisfy(row -> assertThat(row.get("status")).hasToString("ACTIVE"));
    }

    /** The versions that a task's tokens were drawn from. */
    private static List<Integer> playedBy(StandardTools tools, String taskId) {
        return tools
                .records(
                        "episode-groups",
                        PATIENCE,
                        read -> text(read.getLast(), "taskId").equals(taskId))
                .stream()
                .filter(group -> text(group, "taskId").equals(taskId))
                .flatMap(group -> records(group, "episodes"))
                .flatMap(episode -> records(episode, "steps"))
                .flatMap(step -> records(step, "actions"))
                .flatMap(action -> records(action, "versions"))
                .map(span -> (Integer) span.get("version"))
                .toList();
    }

    /** Of each version's content, by its number. */
    private static Map<Integer, String> digests(StandardTools tools) {
        return tools.records("model-versions", PATIENCE, read -> read.size() == STEPS + 1).stream()
                .collect(Collectors.toMap(
                        version -> (Integer) version.get("version"),
                        version -> text(version, "artifactUri").replaceAll("^.*/([0-9a-f]{64})/$", "$1"),
                        (_, later) -> later,
                        TreeMap::new));
    }

    private static Stream<GenericRecord> records(GenericRecord record, String field) {
        return ((List<?>) record.get(field)).stream().map(GenericRecord.class::cast);
    }

    private static String text(GenericRecord record, String field) {
        return String.valueOf(record.get(field));
    }
}
