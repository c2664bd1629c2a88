package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serving against training, on a decoder of a few thousand weights. */
class ServingPolicyTest {
    @TempDir
    Path directory;

    private final Samples samples = new Samples(7);

    @Test
    void sampledLogProbsAreWhatTheTrainerComputes() throws Exception {
        // Given: three temperatures, nuclei, and lengths that make finished rows leave the batch
        List<GenerationRequest> requests = samples.requests(12);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            policy.save(directory);
            try (var serving = ServingPolicy.load(directory)) {
                // When
                List<Completion> completions = serving.generate(requests);

                // Then
                List<LogProbs> recomputed = policy.logprobs(Samples.asSequences(requests, completions));
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
        List<GenerationRequest> requests = samples.requests(7);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
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
    void keepsNoArraysFromCallToCall() throws Exception {
        // Given
        try (var serving = serving()) {
            serving.generate(samples.requests(5));
            int arrays = serving.managedArrays();

            // When
            for (int i = 0; i < 3; i++) {
                serving.generate(samples.requests(3 + i));
            }

            // Then
            assertThat(serving.managedArrays()).isEqualTo(arrays);
        }
    }

    @Test
    void refusesPromptsThatLeaveNoRoom() throws Exception {
        try (var serving = serving()) {
            var full = new GenerationRequest(samples.tokens(96), SamplingParams.greedy(1), 0);
            var last = new GenerationRequest(samples.tokens(95), SamplingParams.greedy(10), 0);
            var foreign = new GenerationRequest(TokenIds.of(40), SamplingParams.greedy(1), 0);

            assertThatThrownBy(() -> serving.generate(List.of(full))).hasMessageContaining("96 positions");
            assertThatThrownBy(() -> serving.generate(List.of(foreign))).hasMessageContaining("vocabulary of 40");
            assertThat(serving.generate(List.of(last)).getFirst().tokens().size())
                    .isEqualTo(1);
            assertThat(serving.generate(List.of())).isEmpty();
        }
    }

    @Test
    void servesThreadsAtOnceAndClosesBehindThem() throws Exception {
        // Given
        List<GenerationRequest> requests = samples.requests(6);
        var serving = serving();
        List<Completion> expected = serving.generate(requests);

        // When
        List<Future<List<Completion>>> results = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(3)) {
            for (int i = 0; i < 6; i++) {
                results.add(threads.submit(() -> serving.generate(requests)));
            }
        }
        serving.close();

        // Then
        for (var result : results) {
            assertThat(result.get()).isEqualTo(expected);
        }
        assertThatThrownBy(() -> serving.generate(requests)).hasMessageContaining("closed");
        serving.close();
    }

    @Test
    void aTrainerBesideSamplersMakesTheBitsItMakesAlone() throws Exception {
        // Given
        List<TrainingSequence> batch = samples.sequences(4);
        List<GenerationRequest> requests = samples.requests(4);
        Path alone = directory.resolve("alone");
        Path beside = directory.resolve("beside");
        train(batch, alone);
        try (var serving = serving();
                var threads = Executors.newFixedThreadPool(2)) {
            List<Completion> expected = serving.generate(requests);
            var training = new AtomicBoolean(true);
            List<Future<Integer>> samplers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                samplers.add(threads.submit(() -> {
                    int rounds = 0;
                    do {
                        assertThat(serving.generate(requests)).isEqualTo(expected);
                        rounds++;
                    } while (training.get());
                    return rounds;
                }));
            }

            // When
            train(batch, beside);
            training.set(false);

            // Then
            for (var sampler : samplers) {
                assertThat(sampler.get()).isPositive();
            }
            assertThat(beside.resolve("model.safetensors")).hasSameBinaryContentAs(alone.resolve("model.safetensors"));
        }
    }

    private static void train(List<TrainingSequence> batch, Path directory) throws IOException {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 9)) {
            for (int i = 0; i < 20; i++) {
                policy.accumulate(batch, Samples::meanNegativeLogProb);
                policy.step(Samples.FAST);
            }
            policy.save(directory);
        }
    }

    private ServingPolicy serving() throws IOException {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            policy.save(directory);
        }
        return ServingPolicy.load(directory);
    }
}
