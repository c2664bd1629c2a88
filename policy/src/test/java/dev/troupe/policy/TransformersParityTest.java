package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of transformers and torch.optim.AdamW, on one tiny checkpoint for each family, file type and layout. */
class TransformersParityTest {
    private static final float TOLERANCE = 1e-4f;

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied-bf16", "llama3-f16", "qwen2-sharded", "qwen3-tied"})
    private @interface EachFixture {}

    @EachFixture
    void givesTheLogProbsAndEntropyOfTransformers(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of(name);
        try (var policy = TrainablePolicy.load(fixture.directory())) {
            // When
            List<LogProbs> logprobs = policy.logprobs(fixture.sequences());
            List<float[]> entropies = new ArrayList<>();
            policy.accumulate(fixture.sequences(), batch -> {
                float[] all = batch.entropy().toFloatArray();
                for (int row = 0; row < batch.rows(); row++) {
                    int from = row * batch.columns();
                    int length = logprobs.get(row).size();
                    entropies.add(Arrays.copyOfRange(all, from, from + length));
                }
                return batch.logprobs().sum();
            });

            // Then
            for (int i = 0; i < logprobs.size(); i++) {
                assertThat(logprobs.get(i).toArray())
                        .containsExactly(fixture.perToken("logprobs").get(i), within(TOLERANCE));
                assertThat(entropies.get(i))
                        .containsExactly(fixture.perToken("entropy").get(i), within(TOLERANCE));
            }
        }
    }

    @EachFixture
    void decodesGreedilyLikeTransformers(String name) throws Exception {
        // Given: prompts of different lengths in one batch
        Fixture fixture = Fixture.of(name);
        List<GenerationRequest> requests = new ArrayList<>();
        List<TokenIds> expected = new ArrayList<>();
        for (var node : fixture.reference().path("greedy")) {
            requests.add(new GenerationRequest(Fixture.ids(node.path("prompt")), SamplingParams.greedy(12), 0));
            expected.add(Fixture.ids(node.path("tokens")));
        }
        try (var policy = ServingPolicy.load(fixture.directory())) {
            // When
            List<Completion> completions = policy.generate(requests);

            // Then
            assertThat(completions).extracting(Completion::tokens).isEqualTo(expected);
        }
    }

    @EachFixture
    void givesTheGradientsOfTransformers(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of(name);
        try (var policy = TrainablePolicy.load(fixture.directory());
                var expected = Safetensors.open(fixture.directory().resolve("gradients.safetensors"))) {
            // When
            double loss = policy.accumulate(fixture.sequences(), batch -> weightedLoss(batch, fixture));

            // Then
            assertThat(loss).isCloseTo(fixture.reference().path("loss").asDouble(), within(1e-4));
            var gradients = policy.gradients();
            assertThat(gradients.keySet()).isEqualTo(expected.names());
            for (String tensor : expected.names()) {
                assertThat(relativeError(requireNonNull(gradients.get(tensor)), expected.floats(tensor)))
                        .as(tensor)
                        .isLessThan(1e-4);
            }
        }
    }

    @EachFixture
    void takesTheStepsOfTorchAdamW(String name, @TempDir Path directory) throws Exception {
        // Given: a clipped norm and decay on matrices only
        Fixture fixture = Fixture.of(name);
        var options = new AdamWOptions(1e-2, 0.9, 0.999, 1e-8, 0.1, 0.5);
        float[] norms = new float[3];
        try (var policy = TrainablePolicy.load(fixture.directory());
                var expected = Safetensors.open(fixture.directory().resolve("updated.safetensors"))) {
            // When
            for (int i = 0; i < norms.length; i++) {
                policy.accumulate(fixture.sequences(), batch -> weightedLoss(batch, fixture));
                norms[i] = (float) policy.step(options);
            }
            policy.save(directory);

            // Then
            assertThat(norms).containsExactly(Fixture.floats(fixture.reference().path("grad_norms")), within(1e-4f));
            try (var updated = Safetensors.open(directory.resolve("model.safetensors"))) {
                for (String tensor : expected.names()) {
                    assertThat(updated.floats(tensor).toArray())
                            .as(tensor)
                            .containsExactly(expected.floats(tensor).toArray(), within(TOLERANCE));
                }
            }
        }
    }

    static NDArray weightedLoss(TokenLogProbs batch, Fixture fixture) {
        NDArray weighted = batch.logprobs().mul(batch.padded(fixture.weights()));
        return weighted.sum().neg().div(batch.mask().sum());
    }

    /** Largest difference, relative to the largest expected value. */
    static double relativeError(FloatTensor actual, FloatTensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.get(i)));
            difference = Math.max(difference, Math.abs(expected.get(i) - actual.get(i)));
        }
        return difference / largest;
    }
}
