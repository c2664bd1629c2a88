package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on a decoder of a few thousand weights. */
class TrainablePolicyTest {
    @TempDir
    Path directory;

    private final Samples samples = new Samples(7);

    @Test
    void supervisedTrainingLowersTheLoss() {
        // Given
        List<TrainingSequence> batch = samples.sequences(8);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 1)) {
            double first = policy.accumulate(batch, Samples::meanNegativeLogProb);

            // When
            double last = first;
            for (int i = 0; i < 40; i++) {
                policy.step(Samples.FAST);
                last = policy.accumulate(batch, Samples::meanNegativeLogProb);
            }

            // Then
            assertThat(first).isCloseTo(Math.log(40), within(0.5));
            assertThat(last).isLessThan(0.5 * first);
        }
    }

    @Test
    void gradientsOfPartsAddUpToThoseOfTheWhole() {
        // Given
        List<TrainingSequence> batch = samples.sequences(9);
        SequenceLoss sum = scored -> scored.logprobs().sum();
        try (var whole = TrainablePolicy.initialize(Samples.TINY, 3);
                var parts = TrainablePolicy.initialize(Samples.TINY, 3)) {
            // When
            whole.accumulate(batch, sum);
            for (List<Integer> part : MicroBatches.byLength(batch, 30)) {
                parts.accumulate(part.stream().map(batch::get).toList(), sum);
            }

            // Then
            var expected = whole.gradients();
            parts.gradients().forEach((name, gradient) -> {
                FloatTensor wanted = requireNonNull(expected.get(name));
                assertThat(gradient.toArray()).as(name).containsExactly(wanted.toArray(), within(1e-3f));
            });
        }
    }

    @Test
    void gradientsSurviveAGarbageCollectionBeforeTheBackwardPass() {
        // Given: arrays made from Java share memory that is freed with their Java buffer
        List<TrainingSequence> batch = samples.sequences(12);
        SequenceLoss collecting = scored -> {
            reuseFreedMemory();
            return scored.logprobs().sum();
        };
        try (var calm = TrainablePolicy.initialize(Samples.TINY, 3);
                var disturbed = TrainablePolicy.initialize(Samples.TINY, 3)) {
            // When
            calm.accumulate(batch, scored -> scored.logprobs().sum());
            disturbed.accumulate(batch, collecting);

            // Then
            var expected = calm.gradients();
            disturbed.gradients().forEach((name, gradient) -> {
                FloatTensor wanted = requireNonNull(expected.get(name));
                assertThat(Arrays.equals(gradient.toArray(), wanted.toArray()))
                        .as("gradient of %s is the same to the bit", name)
                        .isTrue();
            });
        }
    }

    /** Frees buffers that nobody holds and writes ids of no token over what they held. */
    private static void reuseFreedMemory() {
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int i = 0; i < 200; i++) {
                ByteBuffer.allocateDirect(8 * (16 + 8 * i)).asLongBuffer().put(0, 1L << 40);
            }
        }
    }

    @Test
    void aResumedRunIsBitIdenticalToOneThatNeverStopped() throws Exception {
        // Given
        List<TrainingSequence> batch = samples.sequences(6);
        Path expected = directory.resolve("expected");
        Path stopped = directory.resolve("stopped");
        Path resumed = directory.resolve("resumed");
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 4)) {
            train(policy, batch, 3);
            policy.save(stopped);
            policy.saveOptimizer(stopped.resolve("optimizer.safetensors"));
            train(policy, batch, 3);
            policy.save(expected);
        }

        // When
        try (var policy = TrainablePolicy.load(stopped)) {
            policy.loadOptimizer(stopped.resolve("optimizer.safetensors"));
            train(policy, batch, 3);
            policy.save(resumed);
            assertThat(policy.stepCount()).isEqualTo(6);
        }

        // Then
        assertThat(resumed.resolve("model.safetensors")).hasSameBinaryContentAs(expected.resolve("model.safetensors"));
        assertThat(resumed.resolve("config.json")).hasSameTextualContentAs(expected.resolve("config.json"));
    }

    @Test
    void aLossThatIsNotFiniteLeavesTheWeightsAlone() throws Exception {
        // Given
        List<TrainingSequence> batch = samples.sequences(2);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 5)) {
            List<LogProbs> before = policy.logprobs(batch);
            policy.accumulate(batch, scored -> scored.logprobs().sum().mul(Float.NaN));

            // When
            double norm = policy.step(Samples.FAST);

            // Then
            assertThat(norm).isNaN();
            assertThat(policy.stepCount()).isZero();
            assertThat(policy.logprobs(batch)).isEqualTo(before);
        }
    }

    @Test
    void outlivesItsDirectoryAndCarriesTheTokenizerOn() throws Exception {
        // Given
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        new BpeTrainer(300, BpePieces.WORDS).train(List.of("aa bb aa bb"), first);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            policy.save(first);
        }
        try (var policy = TrainablePolicy.load(first)) {
            byte[] tokenizer = Files.readAllBytes(first.resolve("tokenizer.json"));
            Files.delete(first.resolve("tokenizer.json"));

            // When
            policy.save(second);

            // Then
            assertThat(second.resolve("tokenizer.json")).hasBinaryContent(tokenizer);
            assertThat(second.resolve("model.safetensors")).hasSameBinaryContentAs(first.resolve("model.safetensors"));
        }
    }

    @Test
    void blendsIntoWhatAnotherPolicyIs() {
        // Given
        List<TrainingSequence> batch = samples.sequences(4);
        try (var reference = TrainablePolicy.initialize(Samples.TINY, 8);
                var policy = TrainablePolicy.initialize(Samples.TINY, 9);
                var still = TrainablePolicy.initialize(Samples.TINY, 8)) {
            int arrays = reference.managedArrays();
            List<LogProbs> before = reference.logprobs(batch);

            // When, then
            reference.blend(policy, 0);
            assertThat(reference.logprobs(batch)).isEqualTo(before);
            reference.blend(policy, 0.6);
            still.blend(policy, 0.6);
            assertThat(reference.logprobs(batch))
                    .isEqualTo(still.logprobs(batch))
                    .isNotEqualTo(before)
                    .isNotEqualTo(policy.logprobs(batch));
            reference.blend(policy, 1);
            assertThat(reference.logprobs(batch)).isEqualTo(policy.logprobs(batch));
            assertThat(reference.managedArrays()).isEqualTo(arrays);
            assertThatThrownBy(() -> reference.blend(policy, 1.5)).hasMessageContaining("1.5");
        }
    }

    @Test
    void keepsNoArraysFromStepToStep() {
        // Given
        List<TrainingSequence> batch = samples.sequences(5);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 6)) {
            train(policy, batch, 1);
            policy.logprobs(batch);
            int arrays = policy.managedArrays();

            // When
            for (int i = 0; i < 3; i++) {
                train(policy, samples.sequences(4 + i), 1);
                policy.logprobs(batch);
                policy.gradients();
            }

            // Then
            assertThat(policy.managedArrays()).isEqualTo(arrays);
        }
    }

    @Test
    void refusesWhatTheModelCannotHold() {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            var longSequence = TrainingSequence.of(samples.tokens(50), samples.tokens(47), 1);
            var foreign = TrainingSequence.of(TokenIds.of(40), TokenIds.of(1), 1);
            List<TrainingSequence> good = samples.sequences(1);

            assertThatThrownBy(() -> policy.logprobs(List.of(longSequence))).hasMessageContaining("96 positions");
            assertThatThrownBy(() -> policy.logprobs(List.of(foreign))).hasMessageContaining("vocabulary of 40");
            assertThatThrownBy(() -> policy.logprobs(List.of())).hasMessageContaining("no sequences");
            assertThatThrownBy(() -> policy.accumulate(good, TokenLogProbs::logprobs))
                    .hasMessageContaining("not a scalar");
        }
    }

    @Test
    void refusesAStepWithoutAGradient() {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            assertThatThrownBy(() -> policy.step(Samples.FAST)).hasMessageContaining("nothing was accumulated");

            policy.accumulate(samples.sequences(1), Samples::meanNegativeLogProb);
            policy.zeroGradients();
            assertThatThrownBy(() -> policy.step(Samples.FAST)).hasMessageContaining("nothing was accumulated");
        }
    }

    @Test
    void tellsTheNormOfAGradientWithoutAStep() {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            List<TrainingSequence> sequences = samples.sequences(2);
            policy.accumulate(sequences, Samples::meanNegativeLogProb);

            double norm = policy.gradientNorm();

            assertThat(policy.gradientNorm()).isEqualTo(norm).isPositive();
            assertThat(policy.stepCount()).isZero();
            assertThat(policy.step(Samples.FAST)).isEqualTo(norm);
        }
    }

    @Test
    void refusesTheOptimizerOfAnotherModel() throws Exception {
        // Given
        Path file = directory.resolve("optimizer.safetensors");
        try (var other = TrainablePolicy.initialize(DecoderConfig.small(300, 1, 0), 2)) {
            other.saveOptimizer(file);
        }
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            // When, Then
            assertThatThrownBy(() -> policy.loadOptimizer(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("'exp_avg.model.embed_tokens.weight' has shape [300, 128]");
            assertThat(policy.stepCount()).isZero();
        }
    }

    private static void train(TrainablePolicy policy, List<TrainingSequence> batch, int steps) {
        for (int i = 0; i < steps; i++) {
            policy.accumulate(batch, Samples::meanNegativeLogProb);
            policy.step(Samples.FAST);
        }
    }
}
