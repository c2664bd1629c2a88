package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
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
        assertGradients(Fixture.of(name), FLOAT32, 1e-4);
    }

    @EachFixture
    void bfloat16GivesGradientsWithinItsMantissa(String name) throws Exception {
        // Some ten products one after the other with 8 bits of mantissa, and so few columns that errors do not even
        // out.
        assertGradients(Fixture.of(name), BFLOAT16, 0.15);
    }

    private static void assertGradients(Fixture fixture, PolicyOptions options, double tolerance) throws Exception {
        try (var policy = TrainablePolicy.load(fixture.directory(), options);
                var expected = Safetensors.open(fixture.directory().resolve("gradients.safetensors"))) {
            // When
            double loss = policy.accumulate(
                    fixture.sequences(), batch -> TransformersParityTest.weightedLoss(batch, fixture));

            // Then
            assertThat(loss).isCloseTo(fixture.reference().path("loss").asDouble(), within(tolerance));
            var gradients = policy.gradients();
            assertThat(gradients.keySet()).isEqualTo(expected.names());
            for (String tensor : expected.names()) {
                assertThat(TransformersParityTest.relativeError(
                                requireNonNull(gradients.get(tensor)), expected.floats(tensor)))
                        .as(tensor)
                        .isLessThan(tolerance);
            }
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
            var expected = arrays.gradients();
            scripted.gradients()
                    .forEach((name, gradient) -> assertThat(
                                    TransformersParityTest.relativeError(gradient, requireNonNull(expected.get(name))))
                            .as(name)
                            .isLessThan(1e-4));
        }
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
