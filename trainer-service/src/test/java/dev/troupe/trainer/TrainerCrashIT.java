package dev.troupe.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.fault.StepPoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trainer that dies at every point of a step, one death after the other, and one that never dies: the same log in,
 * the same bits out. Each has a cluster of its own, so that even the offsets are the same.
 */
class TrainerCrashIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String TEAM = "crew";
    private static final int STEPS = 6;

    /** Metrics that tell how long something took. */
    private static final Set<String> TIMES = Set.of(
            "step_time",
            "model/publish_s",
            "perf/rollout_wait_s",
            "perf/fwd_bwd_s",
            "perf/optimizer_s",
            "perf/trained_tok_s_wall_clock");

    private record Death(StepPoint point, long step) {}

    private static final List<Death> DEATHS = List.of(
            new Death(StepPoint.FIRST_VERSION_STORED, 0),
            new Death(StepPoint.FIRST_VERSIONS_PUBLISHED, 0),
            new Death(StepPoint.GROUPS_COLLECTED, 1),
            new Death(StepPoint.WEIGHTS_UPDATED, 1),
            new Death(StepPoint.CHECKPOINT_STAGED, 2),
            new Death(StepPoint.CHECKPOINT_PUBLISHED, 2),
            new Death(StepPoint.TRANSACTION_BEGUN, 3),
            new Death(StepPoint.RECORDS_SENT, 3),
            new Death(StepPoint.OFFSETS_SENT, 4),
            new Death(StepPoint.COMMITTED, 4),
            new Death(StepPoint.PRUNED, 5));

    /** What a training left behind, without addresses and times. */
    private record Remains(
            List<ModelVersion> versions, List<TrainingStep> steps, Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @TempDir
    Path directory = Path.of("");

    @Test
    void killedAnywhereItTrainsTheBitsOfARunThatWasNeverKilled() throws Exception {
        assertThat(DEATHS).extracting(Death::point).containsExactlyInAnyOrder(StepPoint.values());
        Path initial = TestGroups.checkpoint(directory.resolve("initial"));
        Remains steady = remains("steady", initial, this::trainSteadily);
        Remains killed = remains("killed", initial, this::trainDying);

        assertThat(steady.steps()).extracting(TrainingStep::getStep).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(steady.versions()).hasSize(2 * (STEPS + 1));
        assertThat(steady.versions().getLast().getFiles())
                .extracting(ArtifactFile::getName)
                .contains("model.safetensors", "optimizer/optimizer.safetensors", "reference/model.safetensors");
        assertThat(killed.steps()).isEqualTo(steady.steps());
        assertThat(killed.versions()).isEqualTo(steady.versions());
        assertThat(killed.offsets()).isEqualTo(steady.offsets());
        assertThat(killed.offsets().values())
                .extracting(OffsetAndMetadata::offset)
                .containsExactly(2L * STEPS);
    }

    private interface Training {
        void run(Map<String, String> settings) throws Exception;
    }

    private void trainSteadily(Map<String, String> values) {
        var settings = Settings.of(values);
        try (var clients = new KafkaClients(settings);
                var service = new TrainerService(settings, clients, new SimpleMeterRegistry())) {
            settings.check();
            service.start();
            await().atMost(PATIENCE).until(service::finished);
        }
    }

    private void trainDying(Map<String, String> values) throws Exception {
        Path file = directory.resolve("trainer.properties");
        Files.write(
                file,
                values.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
        Path log = directory.resolve("trainer.log");
        for (Death death : DEATHS) {
            int code = MortalTrainer.run(
                    log, List.of(file.toString(), death.point().name(), Long.toString(death.step())));
            assertThat(code)
                    .as("%s; the log says %s", death, Files.readString(log))
                    .isEqualTo(MortalTrainer.KILLED);
        }
        assertThat(MortalTrainer.run(log, List.of(file.toString())))
                .as(Files.readString(log))
                .isZero();
    }

    private Remains remains(String name, Path initial, Training training) throws Exception {
        try (var cluster = LocalCluster.start(directory.resolve(name), 0, 0);
                var clients = new KafkaClients(Settings.of(cluster.settings()))) {
            feed(clients);
            var settings = new TreeMap<>(cluster.settings());
            settings.put("trainer.initial.checkpoint", initial.toString());
            settings.put("trainer.teams", TEAM);
            settings.put("team." + TEAM + ".policy.helper", TEAM + "-helper");
            settings.put("team." + TEAM + ".policy.main", TEAM + "-main");
            settings.put("train.groups.per.step", "2");
            settings.put("trainer.max.steps", Integer.toString(STEPS));
            settings.put("trainer.keep.versions", "2");
            settings.put("grpo.learning_rate", "1e-2");
            settings.put("grpo.beta", "0.04");
            settings.put("grpo.sync_ref_model", "true");
            settings.put("grpo.ref_model_sync_steps", "2");
            training.run(settings);
            return remains(clients, Path.of(settings.get("artifacts.dir")));
        }
    }

    private static void feed(KafkaClients clients) throws Exception {
        try (var writer = new TopicWriter(clients, "test")) {
            for (int i = 0; i < 2 * STEPS; i++) {
                double other = i == 5 ? 1 : 0.3;
                EpisodeGroup group = TestGroups.group(TEAM, "t" + i, 1, other, other);
                group.getEpisodes().stream()
                        .flatMap(episode -> episode.getSteps().stream())
                        .flatMap(step -> step.getActions().stream())
                        .forEach(action -> action.put("policyId", TEAM + "-" + action.getRole()));
                writer.send(TopicCatalog.EPISODE_GROUPS, TEAM, group).get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static Remains remains(KafkaClients clients, Path artifacts) throws Exception {
        var scan = new TopicScan(clients, "test");
        var versions = new ArrayList<ModelVersion>();
        var steps = new ArrayList<TrainingStep>();
        scan.records(TopicCatalog.MODEL_VERSIONS, ScanRange.ALL, row -> versions.add(row.value()));
        scan.records(TopicCatalog.TRAINING_STEPS, ScanRange.ALL, row -> steps.add(row.value()));
        var store = new FileArtifacts(artifacts);
        for (ModelVersion version : versions) {
            if (version.getVersion() == 0 || version.getVersion() > STEPS - 2) {
                assertThat(store.fetch(version.getArtifactUri(), version.getFiles()))
                        .isDirectory();
            }
            version.put("artifactUri", "");
            version.put("createdAt", 0L);
        }
        versions.sort(Comparator.comparing(ModelVersion::getPolicyId));
        for (TrainingStep step : steps) {
            step.getMetrics().keySet().removeAll(TIMES);
            step.put("finishedAt", 0L);
        }
        try (var admin = clients.admin("test")) {
            var offsets = admin.listConsumerGroupOffsets("troupe-trainer-" + TEAM)
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS);
            return new Remains(versions, steps, Map.copyOf(offsets));
        }
    }
}
