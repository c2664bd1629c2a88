package dev.troupe.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.ReplayedVersion.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Replays of a team that was trained for four steps, two groups each, with whatever a log may hold in between. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayIT {
    private static final String TEAM = "red";

    private Path directory;
    private LocalCluster cluster;
    private KafkaClients clients;
    private TopicWriter writer;
    private Map<String, String> settings;

    @BeforeAll
    void train(@TempDir Path home) throws Exception {
        directory = home;
        cluster = LocalCluster.start(home.resolve("cluster"), 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        writer = new TopicWriter(clients, "test");
        settings = new TreeMap<>(cluster.settings());
        settings.put(
                "trainer.initial.checkpoint",
                TestGroups.checkpoint(home.resolve("initial")).toString());
        settings.put("trainer.teams", TEAM);
        settings.put("train.groups.per.step", "2");
        settings.put("trainer.max.steps", "4");
        settings.put("grpo.learning_rate", "1e-2");
        settings.put("grpo.beta", "0.04");
        settings.put("grpo.sync_ref_model", "true");
        settings.put("grpo.ref_model_sync_steps", "2");
        feed();
        var read = Settings.of(settings);
        try (var own = new KafkaClients(read);
                var service = new TrainerService(read, own, new SimpleMeterRegistry())) {
            read.check();
            service.start();
            await().atMost(Duration.ofMinutes(1)).until(service::finished);
        }
    }

    private void feed() throws Exception {
        for (int i = 0; i < 6; i++) {
            send(TEAM, "t" + i, 1, 0.3, 0);
            send("blue", "other" + i, 1, 0);
        }
        send(TEAM, "flat", 1, 1);
        try (var producer = clients.producer("garbage", Map.of())) {
            producer.send(new ProducerRecord<>(
                            TopicCatalog.EPISODE_GROUPS.name(), TEAM.getBytes(UTF_8), new byte[] {0, 1, 2}))
                    .get();
        }
        send(TEAM, "not trained yet", 1, 0);
    }

    private void send(String teamId, String taskId, double... rewards) throws Exception {
        writer.send(TopicCatalog.EPISODE_GROUPS, teamId, TestGroups.group(teamId, taskId, rewards))
                .get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() {
        writer.close();
        clients.close();
        cluster.close();
    }

    @Test
    void trainsEveryVersionAgainBitForBit() throws Exception {
        ReplayReport report = replay(0, OptionalInt.empty());
        assertThat(report.versions()).extracting(ReplayedVersion::version).containsExactly(1, 2, 3, 4);
        assertThat(report.versions()).extracting(ReplayedVersion::verdict).hasOnlyElementsOfType(Verdict.Equal.class);
        assertThat(report.holds()).isTrue();
        assertThat(report.passedOver()).isZero();
    }

    @Test
    void beginsAndEndsWhereItIsTold() throws Exception {
        assertThat(replay(2, OptionalInt.of(3)).versions())
                .containsExactly(new ReplayedVersion(
                        TEAM,
                        3,
                        3,
                        replay(2, OptionalInt.empty()).versions().getFirst().verdict()))
                .first()
                .extracting(ReplayedVersion::verdict)
                .isInstanceOf(Verdict.Equal.class);
        assertThatThrownBy(() -> replay(9, OptionalInt.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no version 9 of red; it holds [0, 1, 2, 3, 4]");
    }

    @Test
    void saysWhichFileDiffersWhenTrainingWasAnother() throws Exception {
        ReplayReport report = replay(3, OptionalInt.empty(), Map.of("grpo.learning_rate", "2e-2"));
        // Step 4 trained nothing, so that only what lies behind it can tell; step 3 did.
        assertThat(report.holds()).isTrue();
        report = replay(2, OptionalInt.empty(), Map.of("grpo.learning_rate", "2e-2"));
        assertThat(report.holds()).isFalse();
        assertThat(report.versions().getFirst().verdict())
                .isInstanceOfSatisfying(
                        Verdict.Differs.class,
                        differs -> assertThat(differs.file()).isEqualTo("model.safetensors"));
    }

    @Test
    void noticesWeightsThatWereReplacedByOthers() throws Exception {
        ModelVersion first = version(1);
        Path published = Path.of(URI.create(first.getArtifactUri()));
        Path forged = Files.createDirectory(directory.resolve("forged"));
        Files.createDirectory(forged.resolve("optimizer"));
        for (String file : List.of(
                "config.json",
                "generation_config.json",
                "model.safetensors",
                "optimizer/optimizer.safetensors",
                "training_state.json")) {
            Files.copy(published.resolve(file), forged.resolve(file));
        }
        Path weights = published.resolve("model.safetensors");
        byte[] genuine = Files.readAllBytes(weights);
        byte[] other = genuine.clone();
        // The last bit of one weight.
        other[other.length - 4] ^= 1;
        Files.write(forged.resolve("model.safetensors"), other);
        Artifact artifact = new FileArtifacts(Path.of(settings.get("artifacts.dir"))).publish(forged, TEAM);
        Files.write(weights, other);
        try {
            assertThatThrownBy(() -> replay(1, OptionalInt.empty()))
                    .hasMessageContaining("cannot replay from version 1")
                    .hasMessageContaining("model.safetensors has SHA-256");
        } finally {
            Files.write(weights, genuine);
        }

        // With a record that vouches for it, only training can tell.
        publish(ModelVersion.newBuilder(first)
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .build());
        try {
            assertThat(replay(1, OptionalInt.of(2)).versions())
                    .extracting(ReplayedVersion::verdict)
                    .hasOnlyElementsOfType(Verdict.Differs.class);
        } finally {
            publish(first);
        }
    }

    private void publish(ModelVersion version) throws Exception {
        writer.send(TopicCatalog.MODEL_VERSIONS, TEAM, version).get(30, TimeUnit.SECONDS);
    }

    private ModelVersion version(int number) throws InterruptedException {
        var found = new TreeMap<Integer, ModelVersion>();
        new TopicScan(clients, "test")
                .records(
                        TopicCatalog.MODEL_VERSIONS,
                        ScanRange.ALL,
                        row -> found.put(row.value().getVersion(), row.value()));
        return found.get(number);
    }

    private ReplayReport replay(int from, OptionalInt to) throws Exception {
        return replay(from, to, Map.of());
    }

    private ReplayReport replay(int from, OptionalInt to, Map<String, String> more) throws Exception {
        var all = new TreeMap<>(settings);
        all.putAll(more);
        var read = Settings.of(all);
        var replay = new Replay(read, TEAM);
        try (var own = new KafkaClients(read)) {
            read.check();
            return replay.run(own, from, to, (_, _) -> {});
        }
    }
}
