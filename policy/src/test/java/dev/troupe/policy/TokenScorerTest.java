package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However little is held at once, the gradients stay the same. */
class TokenScorerTest {
    private static final float TOLERANCE = 1e-5f;

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied-bf16", "qwen2-sharded", "qwen3-tied"})
    void piecesOfLogitsAddUpToTheWhole(String name) throws Exception {
        Fixture fixture = Fixture.of(name);

        List<float[]> oneTokenAtATime = gradients(fixture, false, 1);

        assertClose(oneTokenAtATime, gradients(fixture, false, TokenScorer.MAX_LOGITS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied-bf16", "qwen2-sharded", "qwen3-tied"})
    void layersComputedAgainGiveTheGradientsOfThoseThatWereKept(String name) throws Exception {
        Fixture fixture = Fixture.of(name);

        List<float[]> again = gradients(fixture, true, TokenScorer.MAX_LOGITS);

        assertClose(again, gradients(fixture, false, TokenScorer.MAX_LOGITS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"untied", "qwen2-sharded", "qwen3-tied"})
    void scriptedLayersComputedAgainGiveThoseTheyGaveBefore(String name) throws Exception {
        Fixture fixture = Fixture.of(name);

        List<float[]> again = gradients(fixture, Backend.TORCHSCRIPT, true, TokenScorer.MAX_LOGITS);

        assertClose(again, gradients(fixture, Backend.TORCHSCRIPT, false, TokenScorer.MAX_LOGITS));
    }

    private static List<float[]> gradients(Fixture fixture, boolean checkpointing, int maxLogits) throws Exception {
        return gradients(fixture, Backend.NDARRAY, checkpointing, maxLogits);
    }

    private static List<float[]> gradients(Fixture fixture, Backend backend, boolean checkpointing, int maxLogits)
            throws Exception {
        try (CheckpointReader checkpoint = CheckpointReader.open(fixture.directory());
                NDManager manager = Torch.newManager()) {
            List<NDArray> leaves = new ArrayList<>();
            for (int slot = 0; slot < checkpoint.layout().slots().size(); slot++) {
                NDArray leaf = checkpoint.load(slot, manager);
                leaf.setRequiresGradient(true);
                leaves.add(leaf);
            }
            DecoderConfig config = checkpoint.config();
            DecoderWeights<NDArray> weights = DecoderWeights.of(config, leaves);
            TrainLayers layers = backend == Backend.NDARRAY
                    ? new ArrayTrainLayers(config, weights, Optional.empty())
                    : ScriptedTrainLayers.of(
                            config,
                            new PolicyOptions(Backend.TORCHSCRIPT, Precision.FLOAT32),
                            weights,
                            Optional.empty(),
                            manager);
            var decoder = new TrainDecoder(
                    config, weights.embedding(), layers, new RopeTable(config, manager), checkpointing);
            var scorer = new TokenScorer(config, decoder, maxLogits);
            return Torch.recording(() -> {
                TokenScorer.Pass pass = scorer.forward(fixture.sequences(), manager);
                TokenGradients gradients = pass.gradients();
                for (int sequence = 0; sequence < fixture.weights().size(); sequence++) {
                    LogProbs row = fixture.weights().get(sequence);
                    for (int token = 0; token < row.size(); token++) {
                        gradients.byLogProb(sequence, token, row.get(token));
                        gradients.byEntropy(sequence, token, 0.3 * row.get(token));
                    }
                }
                pass.backward(gradients);
                return leaves.stream()
                        .map(leaf -> Torch.gradient(leaf, manager).toFloatArray())
                        .toList();
            });
        }
    }

    private static void assertClose(List<float[]> actual, List<float[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).containsExactly(expected.get(i), within(TOLERANCE));
        }
    }
}
