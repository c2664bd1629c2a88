package dev.troupe.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.fault.StepListener;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    private static final List<TrainingSequence> SEQUENCES =
            List.of(TrainingSequence.of(TokenIds.of(2, 3, 4), TokenIds.of(5, 6), 1));

    private Path home = Path.of("");
    private Checkpoints checkpoints =
            new Checkpoints(new FileArtifacts(home), PolicyOptions.DEFAULT, StepListener.NONE);

    @BeforeEach
    void store(@TempDir Path directory) {
        home = directory;
        Path root = directory.resolve("store");
        checkpoints = new Checkpoints(new FileArtifacts(root), PolicyOptions.DEFAULT, StepListener.NONE);
    }

    @Test
    void goesOnExactlyWhereItStopped() throws Exception {
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 3)) {
            step(policy);
            Artifact artifact = checkpoints.publish(policy, Optional.empty(), state(1), List.of());
            Checkpoints.Restored restored = checkpoints.restore(version(1, artifact));
            try (TrainablePolicy other = restored.policy()) {
                assertThat(restored.state()).isEqualTo(state(1));
                step(policy);
                step(other);
                assertThat(other.logprobs(SEQUENCES)).isEqualTo(policy.logprobs(SEQUENCES));
                assertThat(checkpoints.publish(other, Optional.empty(), state(2), List.of()))
                        .isEqualTo(checkpoints.publish(policy, Optional.empty(), state(2), List.of()));
            }
        }
    }

    @Test
    void refusesAFileThatWasChanged() throws Exception {
        Artifact artifact = checkpoints.publishInitial("p", TestGroups.checkpoint(home.resolve("initial")));
        Path weights = Path.of(URI.create(artifact.uri())).resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> checkpoints.restore(version(0, artifact)))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void removesTheFilesOfVersionsThatNobodyNeeds() throws Exception {
        var history = new TreeMap<Integer, ModelVersion>();
        history.put(0, version(0, checkpoints.publishInitial("p", TestGroups.checkpoint(home.resolve("initial")))));
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 3)) {
            for (int i = 1; i <= 5; i++) {
                history.put(i, version(i, checkpoints.publish(policy, Optional.empty(), state(i), List.of())));
            }
        }
        var before = new TreeMap<>(history);
        checkpoints.prune(history, List.of(1, 2, 3));
        assertThat(history.keySet()).containsExactly(0, 4, 5);
        assertThat(before.values())
                .allSatisfy(version -> assertThat(Files.exists(Path.of(URI.create(version.getArtifactUri()))))
                        .isEqualTo(history.containsKey(version.getVersion())));
    }

    @Test
    void keepsTheReferenceThatMovesBesideThePolicy() throws Exception {
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 3);
                TrainablePolicy reference = TrainablePolicy.initialize(TestGroups.TINY, 4)) {
            reference.blend(policy, 0.6);
            Artifact with = checkpoints.publish(policy, Optional.of(reference), state(1), List.of());
            Artifact without = checkpoints.publish(policy, Optional.empty(), state(2), List.of());
            try (TrainablePolicy again = checkpoints.reference(version(1, with)).orElseThrow()) {
                assertThat(again.logprobs(SEQUENCES)).isEqualTo(reference.logprobs(SEQUENCES));
            }
            assertThat(checkpoints.reference(version(2, without))).isEmpty();
        }
    }

    @Test
    void findsThePolicyThatTrainingBeganWith() throws Exception {
        Artifact first = checkpoints.publishInitial("p", TestGroups.checkpoint(home.resolve("initial")));
        TrainingState begun;
        Checkpoints.Restored restored = checkpoints.restore(version(0, first));
        try (TrainablePolicy policy = restored.policy()) {
            begun = restored.state();
            Artifact next = checkpoints.publish(policy, Optional.empty(), begun.next(1, 10, Map.of(0, 4L)), List.of());
            TrainingState state = restored(version(1, next));
            assertThat(state.initial()).isEqualTo(begun.initial());
            assertThat(state.consumed()).isEqualTo(Map.of(0, 4L));
            try (TrainablePolicy initial = checkpoints.initial(state)) {
                assertThat(initial.logprobs(SEQUENCES)).isEqualTo(policy.logprobs(SEQUENCES));
            }
        }
        assertThat(begun.initial().orElseThrow().uri()).startsWith("p/");
        assertThatThrownBy(() -> checkpoints.initial(state(3)).close())
                .isInstanceOf(ResumeException.class)
                .hasMessageContaining("grpo.beta to 0");
    }

    @Test
    void removesWhatWasNeverCommittedADayLater() throws Exception {
        var history = new TreeMap<Integer, ModelVersion>();
        Instant tomorrow = Instant.now().plus(Duration.ofDays(2));
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 3)) {
            ModelVersion kept = version(1, checkpoints.publish(policy, Optional.empty(), state(1), List.of()));
            ModelVersion forgotten = version(2, checkpoints.publish(policy, Optional.empty(), state(2), List.of()));
            ModelVersion orphan = version(3, checkpoints.publish(policy, Optional.empty(), state(3), List.of()));
            checkpoints.committed(List.of(kept));
            // A trainer that died after the commit has left the mark.
            history.put(2, forgotten);
            checkpoints.removeOrphans("p", history, Instant.now());
            assertThat(Path.of(URI.create(orphan.getArtifactUri()))).isDirectory();
            checkpoints.removeOrphans("p", history, tomorrow);
            assertThat(Path.of(URI.create(orphan.getArtifactUri()))).doesNotExist();
            history.clear();
            checkpoints.removeOrphans("p", history, tomorrow);
            assertThat(Path.of(URI.create(kept.getArtifactUri()))).isDirectory();
            assertThat(Path.of(URI.create(forgotten.getArtifactUri()))).isDirectory();
        }
    }

    private TrainingState restored(ModelVersion version) throws Exception {
        Checkpoints.Restored restored = checkpoints.restore(version);
        restored.policy().close();
        return restored.state();
    }

    private static TrainingState state(int step) {
        return new TrainingState(
                "p", step, step, 10L * step, new TreeMap<>(Map.of(0, 2L * step, 10, 7L)), Optional.empty());
    }

    private static void step(TrainablePolicy policy) {
        double _ = policy.accumulate(
                SEQUENCES, batch -> batch.logprobs().mul(batch.mask()).sum().neg());
        double _ = policy.step(AdamWOptions.withLearningRate(1e-2));
    }

    private static ModelVersion version(int number, Artifact artifact) {
        return ModelVersion.newBuilder()
                .setPolicyId("p")
                .setVersion(number)
                .setTeamId("team")
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .setTrainingStep(number)
                .setCreatedAt(0)
                .build();
    }
}
