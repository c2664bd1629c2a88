package dev.troupe.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.TrainingStep;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a trainer does when it cannot, or must not, go on; each test has a team of its own. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainerTroubleIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private LocalCluster cluster;
    private KafkaClients clients;
    private TopicWriter writer;
    private Path initial;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        writer = new TopicWriter(clients, "test");
        initial = TestGroups.checkpoint(directory.resolve("initial"));
    }

    @AfterAll
    void stop() {
        writer.close();
        clients.close();
        cluster.close();
    }

    @Test
    void theOlderOfTwoTrainersStopsAndNothingIsDoubled() throws Exception {
        try (TrainerService older = service("contested")) {
            older.start();
            await().atMost(PATIENCE).until(older::ready);
            try (TrainerService newer = service("contested")) {
                newer.start();
                await().atMost(PATIENCE).until(newer::ready);
                feed("contested", "t1", "t2", "t3", "t4");
                await().atMost(PATIENCE).until(() -> !older.live());
                await().atMost(PATIENCE).until(() -> steps("contested").size() == 2);
                assertThat(newer.live()).isTrue();
                assertThat(older.ready()).isFalse();
            }
        }
        assertThat(steps("contested")).extracting(TrainingStep::getStep).containsExactly(1L, 2L);
        assertThat(steps("contested").stream().flatMap(step -> step.getTaskIds().stream()))
                .containsExactly("t1", "t2", "t3", "t4");
        assertThat(versions("contested")).extracting(ModelVersion::getVersion).containsExactly(0, 1, 2);
    }

    @Test
    void offsetsThatSomebodyResetAreRefusedUntilTheyAreAccepted() throws Exception {
        feed("reset", "t1", "t2");
        train("reset", 1);
        long behind = versions("reset").size();
        var partition = new TopicPartition(TopicCatalog.EPISODE_GROUPS.name(), 0);
        try (var admin = clients.admin("test")) {
            admin.alterConsumerGroupOffsets("troupe-trainer-reset", Map.of(partition, new OffsetAndMetadata(0)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        try (TrainerService service = service("reset")) {
            service.start();
            await().atMost(PATIENCE).until(() -> !service.live());
        }
        assertThat(versions("reset")).hasSize((int) behind);

        train("reset", 2, "trainer.accept.offset.reset", "true");
        assertThat(steps("reset"))
                .hasSize(2)
                .last()
                .satisfies(step -> assertThat(step.getTaskIds()).containsExactly("t1", "t2"));
        feed("reset", "t3", "t4");
        train("reset", 3);
    }

    @Test
    void aVersionThatVanishedIsWaitedForAndThenGivenUp() throws Exception {
        feed("lost", "t1", "t2");
        train("lost", 1);
        Path newest = Path.of(URI.create(versions("lost").getLast().getArtifactUri()));
        Path aside = newest.resolveSibling("aside");
        Files.move(newest, aside);
        try (TrainerService service = service("lost", "trainer.artifact.timeout", "1s")) {
            service.start();
            await().atMost(PATIENCE).until(() -> !service.live());
        }
        try (TrainerService service = service("lost")) {
            service.start();
            Files.move(aside, newest);
            await().atMost(PATIENCE).until(service::ready);
        }
        Path weights = newest.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 4] ^= 1;
        Files.write(weights, bytes);
        try (TrainerService service = service("lost")) {
            service.start();
            await().atMost(PATIENCE).until(() -> !service.live());
        }
    }

    @Test
    void versionsThatAnAgentServesOrATaskNamesKeepTheirFiles() throws Exception {
        writer.send(
                        TopicCatalog.MODEL_ACTIVATIONS,
                        "agent",
                        ModelActivation.newBuilder()
                                .setAgentId("agent")
                                .setPolicyId("kept")
                                .setVersion(1)
                                .setStatus(ActivationStatus.ACTIVE)
                                .setActivatedAt(0)
                                .setLoadMillis(0)
                                .setSwapMillis(0)
                                .build())
                .get(30, TimeUnit.SECONDS);
        Task pinned = Task.newBuilder()
                .setTaskId("pinned")
                .setEnvironment("coding")
                .setPrompt("")
                .setPolicyVersions(Map.of("kept", 2))
                .build();
        writer.send(TopicCatalog.TASKS, "pinned", pinned).get(30, TimeUnit.SECONDS);
        try (TrainerService service = service("kept", "trainer.keep.versions", "1")) {
            service.start();
            // Until it is known who needs what, nothing is removed; so there are steps until something is.
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
                feed("kept", "t1", "t2");
                List<ModelVersion> versions = versions("kept");
                return versions.size() > 5 && !Files.exists(directory(versions.get(3)));
            });
        }
        List<ModelVersion> versions = versions("kept");
        assertThat(versions.subList(0, 3))
                .allSatisfy(version -> assertThat(directory(version)).isDirectory());
        assertThat(directory(versions.getLast())).isDirectory();
    }

    @Test
    void goesBackToAnOlderVersionAndTrainsOnFromThere() throws Exception {
        feed("back", "t1", "t2", "t3", "t4");
        train("back", 2);
        ModelVersion old = versions("back").get(1);
        var rollback = new Rollback(settings("back"), "back");
        assertThatThrownBy(() -> rollback.run(clients, 2)).hasMessageContaining("version 2 of back is the newest");
        assertThatThrownBy(() -> rollback.run(clients, 7)).hasMessageContaining("it holds [0, 1, 2]");

        assertThat(rollback.run(clients, 1)).singleElement().satisfies(version -> {
            assertThat(version.getVersion()).isEqualTo(3);
            assertThat(version.getParent()).isEqualTo(1);
            assertThat(version.getFiles()).isEqualTo(old.getFiles());
        });
        feed("back", "t5", "t6");
        train("back", 3);
        assertThat(versions("back").getLast().getVersion()).isEqualTo(4);
        assertThat(steps("back").getLast().getTaskIds()).containsExactly("t5", "t6");

        var replay = new Replay(settings("back"), "back");
        ReplayReport behind = replay.run(clients, 3, OptionalInt.empty(), (_, _) -> {});
        assertThat(behind.versions())
                .extracting(ReplayedVersion::verdict)
                .singleElement()
                .isInstanceOf(ReplayedVersion.Verdict.Equal.class);
        ReplayReport across = replay.run(clients, 0, OptionalInt.empty(), (_, _) -> {});
        assertThat(across.versions()).extracting(ReplayedVersion::version).containsExactly(1, 2);
        assertThat(across.ended()).hasValueSatisfying(why -> assertThat(why).contains("troupe rollback"));
    }

    private static Path directory(ModelVersion version) {
        return Path.of(URI.create(version.getArtifactUri()));
    }

    private void train(String teamId, int steps, String... more) {
        var all = new ArrayList<>(List.of(more));
        all.addAll(List.of("trainer.max.steps", Integer.toString(steps)));
        try (TrainerService service = service(teamId, all.toArray(String[]::new))) {
            service.start();
            await().atMost(PATIENCE).until(service::finished);
        }
    }

    private TrainerService service(String teamId, String... more) {
        Settings settings = settings(teamId, more);
        var service = new TrainerService(settings, clients, new SimpleMeterRegistry());
        settings.check();
        return service;
    }

    private Settings settings(String teamId, String... more) {
        var settings = new TreeMap<>(Map.of(
                "artifacts.dir",
                cluster.settings().get("artifacts.dir"),
                "trainer.teams",
                teamId,
                "trainer.initial.checkpoint",
                initial.toString(),
                "train.groups.per.step",
                "2"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Settings.of(settings);
    }

    private void feed(String teamId, String... taskIds) throws Exception {
        for (String taskId : taskIds) {
            writer.send(TopicCatalog.EPISODE_GROUPS, teamId, TestGroups.group(teamId, taskId, 1, 0))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private List<TrainingStep> steps(String teamId) throws InterruptedException {
        return rows(TopicCatalog.TRAINING_STEPS, teamId);
    }

    private List<ModelVersion> versions(String policyId) throws InterruptedException {
        return rows(TopicCatalog.MODEL_VERSIONS, policyId);
    }

    private <T extends SpecificRecord> List<T> rows(Topic<T> topic, String key) throws InterruptedException {
        var rows = new ArrayList<T>();
        new TopicScan(clients, "test").records(topic, ScanRange.ALL, row -> {
            if (row.key().equals(key)) {
                rows.add(row.value());
            }
        });
        return rows;
    }
}
