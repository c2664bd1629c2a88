package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything here loads libtorch, and is one class so that it is loaded once. */
class PolicyNumericsTest {
    private static final DecoderConfig TINY = new DecoderConfig(
            40, 16, 24, 2, 4, 2, 4, 1e-5, 10_000, 96, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));

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
                policy.step(AdamWOptions.withLearningRate(1e-2));
                last = policy.accumulate(batch, PolicyNumericsTest::meanNegativeLogProb);
            }

            // Then
            assertThat(first).isCloseTo(Math.log(40), within(0.5));
            assertThat(last).isLessThan(0.5 * first);
        }
    }

    @Test
    void sampledLogProbsAreWhatTheTrainerComputes() throws Exception {
        // Given
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            double temperature = i % 3 == 0 ? 0.7 : i % 3 == 1 ? 1 : 1.3;
            requests.add(new GenerationRequest(
                    tokens(2 + i % 5), new SamplingParams(temperature, i % 2 == 0 ? 1 : 0.8, 0, 5 + 2 * i), i));
        }
        try (var policy = TrainablePolicy.initialize(TINY, 2)) {
            policy.save(directory);
            try (var serving = ServingPolicy.load(directory)) {
                // When
                List<Completion> completions = serving.generate(requests);

                // Then
                List<TrainingSequence> sequences = new ArrayList<>();
                for (int i = 0; i < requests.size(); i++) {
                    sequences.add(TrainingSequence.of(
                            requests.get(i).prompt(),
                            completions.get(i).tokens(),
                            requests.get(i).sampling().temperature()));
                }
                List<LogProbs> recomputed = policy.logprobs(sequences);
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(completions.get(i).logprobs().toArray())
                            .as("sequence %d", i)
                            .containsExactly(recomputed.get(i).toArray(), within(1e-4f));
                }
            }
        }
    }

    static ai.djl.ndarray.NDArray meanNegativeLogProb(TokenLogProbs batch) {
        return batch.logprobs().sum().neg().div(batch.mask().sum());
    }

    private List<TrainingSequence> sequences(int count) {
        List<TrainingSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(TrainingSequence.of(tokens(3 + i % 4), tokens(4 + i), 1));
        }
        return sequences;
    }

    private TokenIds tokens(int count) {
        return TokenIds.of(random.ints(count, 2, 40).toArray());
    }
}
