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
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.fault.StepListener;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    private static final List<TrainingSequence> SEQUENCES =
            List.of(TrainingSequence.of(TokenIds.of(2, 3, 4), TokenIds.of(5, 6), 1));

    private Path home = Path.of("");
    private Checkpoints checkpoints =
            new Checkpoints(new ArtifactStore(home), home, PolicyOptions.DEFAULT, StepListener.NONE);

    @BeforeEach
    void store(@TempDir Path directory) {
        home = directory;
        Path root = directory.resolve("store");
        checkpoints = new Checkpoints(new ArtifactStore(root), root, PolicyOptions.DEFAULT, StepListener.NONE);
    }

    @Test
    void goesOnExactlyWhereItStopped() throws Exception {
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 3)) {
            step(policy);
            Artifact artifact = checkpoints.publish(policy, new TrainingState("p", 1, 1, 10));
            Checkpoints.Restored restored = checkpoints.restore(version(1, artifact));
            try (TrainablePolicy other = restored.policy()) {
                assertThat(restored.state()).isEqualTo(new TrainingState("p", 1, 1, 10));
                step(policy);
                step(other);
                assertThat(other.logprobs(SEQUENCES)).isEqualTo(policy.logprobs(SEQUENCES));
                assertThat(checkpoints.publish(other, new TrainingState("p", 2, 2, 20)))
                        .isEqualTo(checkpoints.publish(policy, new TrainingState("p", 2, 2, 20)));
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
    void prunesAllButTheFirstAndTheNewest() throws Exception {
        var history = new TreeMap<Integer, ModelVersion>();
        history.put(0, version(0, checkpoints.publishInitial("p", TestGroups.checkpoint(home.resolve("initial")))));
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 3)) {
            for (int i = 1; i <= 5; i++) {
                history.put(i, version(i, checkpoints.publish(policy, new TrainingState("p", i, i, 0))));
            }
        }
        var before = new TreeMap<>(history);
        checkpoints.prune(history, 2);
        assertThat(history.keySet()).containsExactly(0, 4, 5);
        assertThat(before.values())
                .allSatisfy(version -> assertThat(Files.exists(Path.of(URI.create(version.getArtifactUri()))))
                        .isEqualTo(history.containsKey(version.getVersion())));
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
