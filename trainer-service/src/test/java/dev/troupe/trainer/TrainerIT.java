package dev.troupe.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.kafka.TrainerFencedException;
import dev.troupe.trainer.kafka.UseLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The trainer against a real broker; each test has a team of its own. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private LocalCluster cluster;
    private KafkaClients clients;
    private TopicWriter writer;
    private Path initial;
    private TopicReader<TrainingStep> stepReader;
    private TopicReader<ModelVersion> versionReader;
    private final List<TrainingStep> steps = new CopyOnWriteArrayList<>();
    private final List<ModelVersion> versions = new CopyOnWriteArrayList<>();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        writer = new TopicWriter(clients, "test");
        initial = TestGroups.checkpoint(directory.resolve("initial"));
        stepReader = new TopicReader<>(clients, "test", TopicCatalog.TRAINING_STEPS, row -> steps.add(row.value()));
        versionReader =
                new TopicReader<>(clients, "test", TopicCatalog.MODEL_VERSIONS, row -> versions.add(row.value()));
        stepReader.start();
        versionReader.start();
    }

    @AfterAll
    void stop() {
        stepReader.close();
        versionReader.close();
        writer.close();
        clients.close();
        cluster.close();
    }

    @Test
    void publishesAVersionForEveryStepAndCommitsItsGroups(@TempDir Path logs) throws Exception {
        feed("alpha", TestGroups.group("alpha", "a1", 1, 0), TestGroups.group("alpha", "a2", 0.5, 0.5));
        feed("beta", TestGroups.group("beta", "b1", 1, 0));
        feed("alpha", TestGroups.group("alpha", "a3", Double.NaN, Double.NaN));
        try (var producer = clients.producer("garbage", Map.of())) {
            producer.send(new ProducerRecord<>(
                            TopicCatalog.EPISODE_GROUPS.name(), "alpha".getBytes(UTF_8), new byte[] {0, 1, 2}))
                    .get();
        }
        feed("alpha", TestGroups.group("alpha", "left over", 1, 0));

        var settings = Settings.of(settings(
                "alpha",
                "trainer.max.steps",
                "2",
                "trainer.report.to",
                "jsonl,tensorboard",
                "trainer.logging.dir",
                logs.toString()));
        try (var service = new TrainerService(settings, clients, new SimpleMeterRegistry())) {
            settings.check();
            service.start();
            await().atMost(PATIENCE).until(service::finished);
            assertThat(service.live()).isTrue();
            assertThat(service.ready()).isTrue();
        }

        await().atMost(PATIENCE)
                .until(() -> steps("alpha").size() == 2 && versions("alpha").size() == 3);
        assertThat(steps("alpha")).extracting(TrainingStep::getStep).containsExactly(1L, 2L);
        assertThat(steps("alpha").get(0).getTaskIds()).containsExactly("a1");
        assertThat(reasons(steps("alpha").get(0))).containsExactly("a2 ZERO_VARIANCE");
        assertThat(steps("alpha").get(1).getTaskIds()).isEmpty();
        assertThat(reasons(steps("alpha").get(1)))
                .hasSize(2)
                .contains("a3 ALL_INCOMPLETE")
                .anyMatch(skip -> skip.endsWith(" MALFORMED"));
        assertThat(steps("alpha").get(0).getMetrics()).containsKeys("loss", "reward", "step_time", "model/publish_s");
        assertThat(steps("alpha").get(0).getCompletions()).hasSize(4);
        assertThat(steps("alpha").get(1).getCompletions()).isEmpty();
        assertThat(versions("alpha")).extracting(ModelVersion::getVersion).containsExactly(0, 1, 2);
        assertThat(versions("alpha").get(1).getTaskIds()).containsExactly("a1");
        // Nothing trained in step 2: a new version with the weights of the one before.
        assertThat(weights(versions("alpha").get(1)))
                .isNotEqualTo(weights(versions("alpha").get(0)));
        assertThat(weights(versions("alpha").get(2)))
                .isEqualTo(weights(versions("alpha").get(1)));
        assertThat(committed("alpha").metadata()).isEqualTo("step=2");
        assertThat(Files.readAllLines(logs.resolve("alpha").resolve("training-steps.jsonl")))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("{\"step\":1,\"teamId\":\"alpha\",")
                                .contains("\"loss\":", "\"completions\":[{\"taskId\":\"a1\""),
                        second -> assertThat(second).startsWith("{\"step\":2,").contains("MALFORMED"));
        // A report that begins later is made of the whole topic.
        Path later = logs.resolve("later");
        settings = Settings.of(settings("alpha", "trainer.max.steps", "2", "trainer.logging.dir", later.toString()));
        try (var service = new TrainerService(settings, clients, new SimpleMeterRegistry())) {
            service.start();
            await().atMost(PATIENCE).until(service::finished);
        }
        assertThat(later.resolve("alpha").resolve("training-steps.jsonl"))
                .hasSameTextualContentAs(logs.resolve("alpha").resolve("training-steps.jsonl"));
        try (Stream<Path> files = Files.list(logs.resolve("alpha"))) {
            assertThat(files).anyMatch(file -> file.toString().contains("events.out.tfevents."));
        }
    }

    @Test
    void repeatsExactlyWhatACrashLost() throws Exception {
        String[] tasks = {"t1", "t2", "t3", "t4", "t5", "t6"};
        for (String task : tasks) {
            feed("crashing", TestGroups.group("crashing", task, 1, 0, 0.3));
        }
        List<String> lost;
        List<SampledCompletion> shown;
        try (TeamSession session = session("crashing")) {
            session.open();
            session.commit(session.prepare(() -> false).orElseThrow());
            // Everything is on disk, and the process dies before the transaction.
            PreparedStep prepared = session.prepare(() -> false).orElseThrow();
            lost = prepared.versions().stream()
                    .map(ModelVersion::getArtifactUri)
                    .toList();
            shown = prepared.trainingStep().getCompletions();
        }
        try (TeamSession session = session("crashing")) {
            session.open();
            assertThat(session.step()).isEqualTo(1);
            PreparedStep again = session.prepare(() -> false).orElseThrow();
            assertThat(again.versions())
                    .extracting(ModelVersion::getArtifactUri)
                    .isEqualTo(lost);
            assertThat(again.trainingStep().getCompletions()).isNotEmpty().isEqualTo(shown);
            session.commit(again);
            session.commit(session.prepare(() -> false).orElseThrow());
        }
        await().atMost(PATIENCE)
                .until(() ->
                        steps("crashing").size() == 3 && versions("crashing").size() == 4);
        assertThat(steps("crashing").stream().flatMap(step -> step.getTaskIds().stream()))
                .containsExactly(tasks);
        assertThat(versions("crashing")).extracting(ModelVersion::getVersion).containsExactly(0, 1, 2, 3);

        // The same groups without a crash: the same weights.
        for (String task : tasks) {
            feed("steady", TestGroups.group("steady", task, 1, 0, 0.3));
        }
        try (TeamSession session = session("steady")) {
            session.open();
            for (int step = 0; step < 3; step++) {
                session.commit(session.prepare(() -> false).orElseThrow());
            }
        }
        await().atMost(PATIENCE).until(() -> versions("steady").size() == 4);
        assertThat(versions("steady").stream().map(TrainerIT::weights))
                .containsExactlyElementsOf(
                        versions("crashing").stream().map(TrainerIT::weights).toList());
    }

    @Test
    void trainsPoliciesOfDifferentFamiliesAndVocabulariesInOneTeam(@TempDir Path directory) throws Exception {
        Path other = TestGroups.checkpoint(directory, TestGroups.OTHER_FAMILY);
        feed("mixed", TestGroups.byRole("mixed", "t1", 1, 0), TestGroups.byRole("mixed", "t2", 0.3, 1));
        try (TeamSession session = session(
                "mixed",
                "team.mixed.policy.helper",
                "mixed-helper",
                "team.mixed.policy.main",
                "mixed-main",
                "trainer.initial.checkpoint.mixed-main",
                other.toString())) {
            session.open();
            session.commit(session.prepare(() -> false).orElseThrow());
        }
        await().atMost(PATIENCE)
                .until(() -> versions("mixed-helper").size() == 2
                        && versions("mixed-main").size() == 2);
        assertThat(config(versions("mixed-helper").getLast())).isEqualTo(TestGroups.TINY);
        assertThat(config(versions("mixed-main").getLast())).isEqualTo(TestGroups.OTHER_FAMILY);
        for (String policyId : List.of("mixed-helper", "mixed-main")) {
            assertThat(weights(versions(policyId).get(1)))
                    .isNotEqualTo(weights(versions(policyId).get(0)));
        }
        // What an agent needs to speak for the policy comes along with every version.
        assertThat(versions("mixed-main").getLast().getFiles())
                .extracting(ArtifactFile::getName)
                .contains("tokenizer_config.json");
    }

    @Test
    void aPolicyThatIsFrozenKeepsItsVersion() throws Exception {
        for (String task : List.of("t1", "t2", "t3", "t4")) {
            feed("half", TestGroups.byRole("half", task, 1, 0));
        }
        String[] frozen = {
            "team.half.policy.helper", "half-helper",
            "team.half.policy.main", "half-main",
            "trainer.frozen.roles", "half/helper"
        };
        for (int step = 1; step <= 2; step++) {
            try (TeamSession session = session("half", frozen)) {
                session.open();
                session.commit(session.prepare(() -> false).orElseThrow());
                assertThat(session.step()).isEqualTo(step);
            }
        }
        await().atMost(PATIENCE)
                .until(() -> versions("half-main").size() == 3 && steps("half").size() == 2);
        assertThat(versions("half-helper")).extracting(ModelVersion::getVersion).containsExactly(0);
        assertThat(steps("half").getLast().getVersions()).isEqualTo(Map.of("half-main", 2));
    }

    @Test
    void aCriticGoesOnExactlyWhereItStopped() throws Exception {
        List<List<String>> runs = new ArrayList<>();
        for (String teamId : List.of("judged-once", "judged-thrice")) {
            for (String task : List.of("t1", "t2", "t3", "t4", "t5", "t6")) {
                feed(teamId, TestGroups.group(teamId, task, 1, 0, 0.3));
            }
            int sessions = teamId.equals("judged-once") ? 1 : 3;
            for (int i = 0; i < sessions; i++) {
                try (TeamSession session =
                        session(teamId, "trainer.critic", "centralized", "trainer.critic.warmup_steps", "1")) {
                    session.open();
                    for (int step = 0; step < 3 / sessions; step++) {
                        session.commit(session.prepare(() -> false).orElseThrow());
                    }
                    // Dropped, and done again by whoever comes next.
                    if (session.step() < 3) {
                        assertThat(session.prepare(() -> false)).isPresent();
                    }
                }
            }
            await().atMost(PATIENCE)
                    .until(() -> versions(teamId).size() == 4 && steps(teamId).size() == 3);
            runs.add(versions(teamId).getLast().getFiles().stream()
                    .filter(file -> !file.getName().equals("training_state.json"))
                    .map(file -> file.getName() + " " + file.getSha256())
                    .toList());
        }
        assertThat(runs.getLast()).isEqualTo(runs.getFirst());
        assertThat(runs.getFirst()).anyMatch(file -> file.startsWith("critic/value_head.safetensors "));
        assertThat(steps("judged-once").getLast().getMetrics()).containsKeys("critic/loss", "critic/value_mean");
    }

    @Test
    void aCriticDoesNotReadTokensOfAnotherVocabulary(@TempDir Path directory) throws Exception {
        Path other = TestGroups.checkpoint(directory, TestGroups.OTHER_FAMILY);
        try (TeamSession session = session(
                "babel",
                "team.babel.policy.helper",
                "babel-helper",
                "team.babel.policy.main",
                "babel-main",
                "trainer.initial.checkpoint.babel-main",
                other.toString(),
                "trainer.critic",
                "centralized")) {
            assertThatThrownBy(session::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("babel-main has 48 tokens where the critic has 32")
                    .hasMessageContaining("set trainer.critic to none");
        }
    }

    @Test
    void stopsWhenAnotherTrainerHasTakenOver() throws Exception {
        feed("contested", TestGroups.group("contested", "t1", 1, 0), TestGroups.group("contested", "t2", 1, 0));
        try (TeamSession first = session("contested");
                TeamSession second = session("contested")) {
            first.open();
            PreparedStep prepared = first.prepare(() -> false).orElseThrow();
            second.open();
            assertThatThrownBy(() -> first.commit(prepared))
                    .isInstanceOf(TrainerFencedException.class)
                    .hasMessageContaining("troupe-trainer-contested");
            second.commit(second.prepare(() -> false).orElseThrow());
        }
        await().atMost(PATIENCE).until(() -> versions("contested").size() == 2);
        assertThat(steps("contested")).hasSize(1);
    }

    private TeamSession session(String teamId, String... more) {
        var settings = Settings.of(settings(teamId, more));
        TrainerOptions options = TrainerOptions.read(settings);
        Team team = options.teams().getFirst();
        var checkpoints = new Checkpoints(ArtifactStore.of(options.artifacts()), options.compute(), StepListener.NONE);
        return new TeamSession(
                team,
                options,
                TeamLink.of(clients, team, StepListener.NONE, new UseLog(clients)),
                checkpoints,
                InstantSource.system(),
                StepListener.NONE);
    }

    private Map<String, String> settings(String teamId, String... more) {
        var settings = new TreeMap<>(Map.of(
                "artifacts.dir",
                cluster.settings().get("artifacts.dir"),
                "trainer.teams",
                teamId,
                "trainer.initial.checkpoint",
                initial.toString(),
                "train.groups.per.step",
                "2",
                "grpo.learning_rate",
                "1e-3"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private void feed(String teamId, EpisodeGroup... groups) throws Exception {
        for (EpisodeGroup group : groups) {
            writer.send(TopicCatalog.EPISODE_GROUPS, teamId, group).get(30, TimeUnit.SECONDS);
        }
    }

    private List<TrainingStep> steps(String teamId) {
        return steps.stream().filter(step -> step.getTeamId().equals(teamId)).toList();
    }

    private List<ModelVersion> versions(String policyId) {
        return versions.stream()
                .filter(version -> version.getPolicyId().equals(policyId))
                .toList();
    }

    private static Stream<String> skipped(TrainingStep step) {
        return step.getSkipped().stream().map(TrainerIT::text);
    }

    private static String text(SkippedGroup skipped) {
        return skipped.getTaskId() + " " + skipped.getReason();
    }

    private static List<String> reasons(TrainingStep step) {
        return skipped(step).toList();
    }

    private static DecoderConfig config(ModelVersion version) throws IOException {
        return DecoderConfig.read(Path.of(URI.create(version.getArtifactUri())).resolve("config.json"));
    }

    private static String weights(ModelVersion version) {
        return version.getFiles().stream()
                .filter(file -> file.getName().equals("model.safetensors"))
                .map(ArtifactFile::getSha256)
                .findFirst()
                .orElseThrow();
    }

    private OffsetAndMetadata committed(String teamId) throws Exception {
        try (var admin = clients.admin("test")) {
            return admin.listConsumerGroupOffsets("troupe-trainer-" + teamId)
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS)
                    .values()
                    .iterator()
                    .next();
        }
    }
}
