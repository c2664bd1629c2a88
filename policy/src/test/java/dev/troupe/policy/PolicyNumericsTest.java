package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training and serving against each other, on a decoder of a few thousand weights. */
class PolicyNumericsTest {
    static final DecoderConfig TINY = new DecoderConfig(
            40, 16, 24, 2, 4, 2, 4, 1e-5, 10_000, 96, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));

    private static final AdamWOptions FAST = AdamWOptions.withLearningRate(1e-2);

    private final SplittableRandom random = new SplittableRandom(7);

    @TempDir
    Path directory;

    @Test
    void supervisedTrainingLowersTheLoss() {
        // Given
        List<TrainingSequence> batch = sequences(8);
        try (var policy = TrainablePolicy.initialize(TINY, 1)) {
            double first = policy.accumulate(batch, PolicyNumericsTest::meanNegativeLogProb);

            // When
            double last = first;
            for (int i = 0; i < 40; i++) {
                policy.step(FAST);
                last = policy.accumulate(batch, PolicyNumericsTest::meanNegativeLogProb);
            }

            // Then
            assertThat(first).isCloseTo(Math.log(40), within(0.5));
            assertThat(last).isLessThan(0.5 * first);
        }
    }

    @Test
    void gradientsOfPartsAddUpToThoseOfTheWhole() {
        // Given
        List<TrainingSequence> batch = sequences(9);
        SequenceLoss sum = scored -> scored.logprobs().sum();
        try (var whole = TrainablePolicy.initialize(TINY, 3);
                var parts = TrainablePolicy.initialize(TINY, 3)) {
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
    void aResumedRunIsBitIdenticalToOneThatNeverStopped() throws Exception {
        // Given
        List<TrainingSequence> batch = sequences(6);
        Path expected = directory.resolve("expected");
        Path stopped = directory.resolve("stopped");
        Path resumed = directory.resolve("resumed");
        try (var policy = TrainablePolicy.initialize(TINY, 4)) {
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
        List<TrainingSequence> batch = sequences(2);
        try (var policy = TrainablePolicy.initialize(TINY, 5)) {
            List<LogProbs> before = policy.logprobs(batch);
            policy.accumulate(batch, scored -> scored.logprobs().sum().mul(Float.NaN));

            // When
            double norm = policy.step(FAST);

            // Then
            assertThat(norm).isNaN();
            assertThat(policy.stepCount()).isZero();
            assertThat(policy.logprobs(batch)).isEqualTo(before);
        }
    }

    @Test
    void keepsNoArraysFromStepToStep() throws Exception {
        // Given
        List<TrainingSequence> batch = sequences(5);
        try (var policy = TrainablePolicy.initialize(TINY, 6)) {
            policy.save(directory);
            train(policy, batch, 1);
            policy.logprobs(batch);
            int trainArrays = policy.managedArrays();
            try (var serving = ServingPolicy.load(directory)) {
                serving.generate(requests(5));
                int servingArrays = serving.managedArrays();

                // When
                for (int i = 0; i < 3; i++) {
                    train(policy, sequences(4 + i), 1);
                    policy.logprobs(batch);
                    policy.gradients();
                    serving.generate(requests(3 + i));
                }

                // Then
                assertThat(policy.managedArrays()).isEqualTo(trainArrays);
                assertThat(serving.managedArrays()).isEqualTo(servingArrays);
            }
        }
    }

    @Test
    void sampledLogProbsAreWhatTheTrainerComputes() throws Exception {
        // Given: three temperatures, nuclei, and lengths that make finished rows leave the batch
        List<GenerationRequest> requests = requests(12);
        try (var policy = TrainablePolicy.initialize(TINY, 2)) {
            policy.save(directory);
            try (var serving = ServingPolicy.load(directory)) {
                // When
                List<Completion> completions = serving.generate(requests);

                // Then
                List<LogProbs> recomputed = policy.logprobs(asSequences(requests, completions));
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(completions.get(i).logprobs().toArray())
                            .as("sequence %d", i)
                            .containsExactly(recomputed.get(i).toArray(), within(1e-4f));
                }
                assertThat(completions)
                        .extracting(Completion::finishReason)
                        .containsAll(List.of(FinishReason.values()));
            }
        }
    }

    @Test
    void drawsDoNotDependOnTheRestOfTheBatch() throws Exception {
        // Given
        List<GenerationRequest> requests = requests(7);
        try (var policy = TrainablePolicy.initialize(TINY, 2)) {
            policy.save(directory);
        }
        try (var serving = ServingPolicy.load(directory)) {
            // When
            List<Completion> together = serving.generate(requests);

            // Then
            for (int i = 0; i < requests.size(); i++) {
                Completion alone = serving.generate(List.of(requests.get(i))).getFirst();
                assertThat(alone.tokens()).isEqualTo(together.get(i).tokens());
                assertThat(alone.finishReason()).isEqualTo(together.get(i).finishReason());
            }
        }
    }

    @Test
    void outlivesItsDirectoryAndCarriesTheTokenizerOn() throws Exception {
        // Given
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        new BpeTrainer(300, BpePieces.WORDS).train(List.of("aa bb aa bb"), first);
        try (var policy = TrainablePolicy.initialize(TINY, 2)) {
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
    void refusesWhatTheModelCannotHold() throws Exception {
        try (var policy = TrainablePolicy.initialize(TINY, 2)) {
            policy.save(directory);
            var longSequence = TrainingSequence.of(tokens(50), tokens(47), 1);
            var foreign = TrainingSequence.of(TokenIds.of(40), TokenIds.of(1), 1);

            assertThatThrownBy(() -> policy.logprobs(List.of(longSequence))).hasMessageContaining("96 positions");
            assertThatThrownBy(() -> policy.logprobs(List.of(foreign))).hasMessageContaining("vocabulary of 40");
            assertThatThrownBy(() -> policy.logprobs(List.of())).hasMessageContaining("no sequences");
        }
        try (var serving = ServingPolicy.load(directory)) {
            var full = new GenerationRequest(tokens(96), SamplingParams.greedy(1), 0);
            var last = new GenerationRequest(tokens(95), SamplingParams.greedy(10), 0);

            assertThatThrownBy(() -> serving.generate(List.of(full))).hasMessageContaining("96 positions");
            assertThat(serving.generate(List.of(last)).getFirst().tokens().size())
                    .isEqualTo(1);
            assertThat(serving.generate(List.of())).isEmpty();
        }
    }

    @Test
    void aClosedPolicyRefusesWork() throws Exception {
        // Given
        try (var policy = TrainablePolicy.initialize(TINY, 2)) {
            policy.save(directory);
        }
        ServingPolicy closed;
        try (var serving = ServingPolicy.load(directory)) {
            closed = serving;
        }

        // When, Then
        assertThatThrownBy(() -> closed.generate(requests(1))).hasMessageContaining("closed");
    }

    static NDArray meanNegativeLogProb(TokenLogProbs batch) {
        return batch.logprobs().sum().neg().div(batch.mask().sum());
    }

    private static void train(TrainablePolicy policy, List<TrainingSequence> batch, int steps) {
        for (int i = 0; i < steps; i++) {
            policy.accumulate(batch, PolicyNumericsTest::meanNegativeLogProb);
            policy.step(FAST);
        }
    }

    private List<GenerationRequest> requests(int count) {
        List<GenerationRequest> requests = new ArrayList<>();
        TokenIds shared = tokens(4);
        for (int i = 0; i < count; i++) {
            double temperature = i % 3 == 0 ? 0.7 : i % 3 == 1 ? 1 : 1.3;
            var sampling = new SamplingParams(temperature, i % 2 == 0 ? 1 : 0.8, 0, 5 + 8 * i);
            requests.add(new GenerationRequest(i % 4 == 0 ? shared : tokens(2 + i % 5), sampling, i));
        }
        return requests;
    }

    private static List<TrainingSequence> asSequences(List<GenerationRequest> requests, List<Completion> completions) {
        List<TrainingSequence> sequences = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            GenerationRequest request = requests.get(i);
            sequences.add(TrainingSequence.of(
                    request.prompt(),
                    completions.get(i).tokens(),
                    request.sampling().temperature()));
        }
        return sequences;
    }

    private List<TrainingSequence> sequences(int count) {
        List<TrainingSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(TrainingSequence.of(tokens(3 + i % 4), tokens(4 + i), i % 2 == 0 ? 1 : 0.8));
        }
        return sequences;
    }

    private TokenIds tokens(int count) {
        return TokenIds.of(random.ints(count, 2, 40).toArray());
    }
}
