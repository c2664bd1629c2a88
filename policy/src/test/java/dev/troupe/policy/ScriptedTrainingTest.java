package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The TorchScript layers against transformers and the NDArray layers. */
class ScriptedTrainingTest {
    private static final PolicyOptions FLOAT32 = new PolicyOptions(Backend.TORCHSCRIPT, Precision.FLOAT32);
    private static final PolicyOptions BFLOAT16 = new PolicyOptions(Backend.TORCHSCRIPT, Precision.BFLOAT16);

    private final Samples samples = new Samples(7);

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied-bf16", "llama3-f16", "qwen2-sharded", "qwen3-tied"})
    private @interface EachFixture {}

    @EachFixture
    void givesTheLogProbsOfTransformers(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of(name);
        try (var policy = TrainablePolicy.load(fixture.directory(), FLOAT32)) {
            // When
            List<LogProbs> logprobs = policy.logprobs(fixture.sequences());

            // Then
            for (int i = 0; i < logprobs.size(); i++) {
                assertThat(logprobs.get(i).toArray())
                        .containsExactly(fixture.perToken("logprobs").get(i), within(1e-4f));
            }
        }
    }

    @EachFixture
    void givesTheGradientsOfTransformers(String name) throws Exception {
        Fixture fixture = Fixture.of(name);
        try (var policy = TrainablePolicy.load(fixture.directory(), FLOAT32)) {
            assertGradients(policy, fixture);
        }
    }

    @EachFixture
    void bfloat16PointsTheSameWay(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of(name);
        try (var policy = TrainablePolicy.load(fixture.directory(), BFLOAT16)) {
            // When
            double loss = policy.accumulate(
                    fixture.sequences(), batch -> TransformersParityTest.weightedLoss(batch, fixture));

            // Then: 8 bits of mantissa in some ten products one after the other, and few columns to even errors out
            assertThat(loss).isCloseTo(fixture.reference().path("loss").asDouble(), within(0.05));
            assertThat(cosine(policy.gradients(), fixture)).isGreaterThan(0.995);
        }
    }

    private static void assertGradients(TrainablePolicy policy, Fixture fixture) throws Exception {
        try (var expected = Safetensors.open(fixture.directory().resolve("gradients.safetensors"))) {
            // When
            double loss = policy.accumulate(
                    fixture.sequences(), batch -> TransformersParityTest.weightedLoss(batch, fixture));

            // Then
            assertThat(loss).isCloseTo(fixture.reference().path("loss").asDouble(), within(1e-4));
            var gradients = policy.gradients();
            assertThat(gradients.keySet()).isEqualTo(expected.names());
            for (String tensor : expected.names()) {
                assertThat(TransformersParityTest.relativeError(
                                requireNonNull(gradients.get(tensor)), expected.floats(tensor)))
                        .as(tensor)
                        .isLessThan(1e-4);
            }
        }
    }

    /** Cosine of the angle between all gradients and those expected. */
    private static double cosine(Map<String, FloatTensor> gradients, Fixture fixture) throws Exception {
        double product = 0;
        double actualSquare = 0;
        double expectedSquare = 0;
        try (var file = Safetensors.open(fixture.directory().resolve("gradients.safetensors"))) {
            for (String tensor : file.names()) {
                FloatTensor actual = requireNonNull(gradients.get(tensor));
                FloatTensor expected = file.floats(tensor);
                for (int i = 0; i < expected.size(); i++) {
                    product += (double) actual.get(i) * expected.get(i);
                    actualSquare += (double) actual.get(i) * actual.get(i);
                    expectedSquare += (double) expected.get(i) * expected.get(i);
                }
            }
        }
        return product / Math.sqrt(actualSquare * expectedSquare);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-all", "llama-attention", "qwen2-rslora", "qwen3-mlp"})
    void givesTheGradientsOfPeft(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of("adapters/" + name);
        Fixture base = Fixture.of(fixture.reference().path("base").asText());
        try (var policy = TrainablePolicy.loadAdapter(base.directory(), fixture.directory(), FLOAT32);
                var low = TrainablePolicy.loadAdapter(base.directory(), fixture.directory(), BFLOAT16)) {
            assertGradients(policy, fixture);

            low.accumulate(fixture.sequences(), batch -> TransformersParityTest.weightedLoss(batch, fixture));
            assertThat(cosine(low.gradients(), fixture)).isGreaterThan(0.995);
        }
    }

    @ParameterizedTest
    @EnumSource
    void trainsAsTheArrayBackendDoes(Precision precision) {
        // Given
        List<TrainingSequence> batch = samples.sequences(8);
        try (var arrays = TrainablePolicy.initialize(Samples.TINY, 1);
                var scripted = TrainablePolicy.initialize(
                        Samples.TINY, 1, new PolicyOptions(Backend.TORCHSCRIPT, precision))) {
            // When
            double expected = lossAfter(40, arrays, batch);
            double loss = lossAfter(40, scripted, batch);

            // Then
            assertThat(loss).isCloseTo(expected, within(precision == Precision.FLOAT32 ? 1e-3 : 0.05));
            assertThat(loss).isLessThan(0.5 * Math.log(40));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsNothingOverAThousandSteps(Backend backend) {
        // Given
        List<TrainingSequence> batch = samples.sequences(2);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 1, new PolicyOptions(backend, Precision.FLOAT32))) {
            lossAfter(1, policy, batch);
            int arrays = policy.managedArrays();

            // When
            lossAfter(1000, policy, batch);

            // Then
            assertThat(policy.managedArrays()).isEqualTo(arrays);
        }
    }

    @Test
    void gradientsArriveInEveryMicroBatch() {
        // Given: more tokens than one forward takes
        List<TrainingSequence> batch = samples.sequences(60);
        try (var arrays = TrainablePolicy.initialize(Samples.TINY, 3);
                var scripted = TrainablePolicy.initialize(Samples.TINY, 3, FLOAT32)) {
            // When
            arrays.accumulate(batch, Samples::meanNegativeLogProb);
            scripted.accumulate(batch, Samples::meanNegativeLogProb);

            // Then
            assertSameGradients(scripted, arrays);
        }
    }

    /** Up to 64 positions attention is computed in parts, beyond them by one fused operation. */
    @ParameterizedTest
    @ValueSource(ints = {64, 65})
    void eitherAttentionHasTheSameGradients(int positions) {
        // Given
        List<TrainingSequence> batch = List.of(
                TrainingSequence.of(samples.tokens(7), samples.tokens(positions - 6), 1),
                TrainingSequence.of(samples.tokens(7), samples.tokens(positions - 9), 1));
        try (var arrays = TrainablePolicy.initialize(Samples.TINY, 3);
                var scripted = TrainablePolicy.initialize(Samples.TINY, 3, FLOAT32)) {
            // When
            arrays.accumulate(batch, Samples::meanNegativeLogProb);
            scripted.accumulate(batch, Samples::meanNegativeLogProb);

            // Then
            assertSameGradients(scripted, arrays);
        }
    }

    private static void assertSameGradients(TrainablePolicy actual, TrainablePolicy reference) {
        var expected = reference.gradients();
        actual.gradients()
                .forEach((name, gradient) -> assertThat(
                                TransformersParityTest.relativeError(gradient, requireNonNull(expected.get(name))))
                        .as(name)
                        .isLessThan(1e-4));
    }

    private static double lossAfter(int steps, TrainablePolicy policy, List<TrainingSequence> batch) {
        double loss = policy.accumulate(batch, Samples::meanNegativeLogProb);
        for (int i = 0; i < steps; i++) {
            policy.step(Samples.FAST);
            loss = policy.accumulate(batch, Samples::meanNegativeLogProb);
        }
        return loss;
    }
}
