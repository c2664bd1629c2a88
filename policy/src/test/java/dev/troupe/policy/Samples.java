package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Random work for a tiny decoder. */
final class Samples {
    static final DecoderConfig TINY = new DecoderConfig(
            40, 16, 24, 2, 4, 2, 4, 1e-5, 10_000, 96, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));

    static final AdamWOptions FAST = AdamWOptions.withLearningRate(1e-2);

    private final SplittableRandom random;

    Samples(long seed) {
        random = new SplittableRandom(seed);
    }

    static NDArray meanNegativeLogProb(TokenLogProbs batch) {
        return batch.logprobs().sum().neg().div(batch.mask().sum());
    }

    List<GenerationRequest> requests(int count) {
        List<GenerationRequest> requests = new ArrayList<>();
        TokenIds shared = tokens(4);
        for (int i = 0; i < count; i++) {
            double temperature = i % 3 == 0 ? 0.7 : i % 3 == 1 ? 1 : 1.3;
            var sampling = new SamplingParams(temperature, i % 2 == 0 ? 1 : 0.8, 0, 5 + 8 * i);
            requests.add(new GenerationRequest(i % 4 == 0 ? shared : tokens(2 + i % 5), sampling, i));
        }
        return requests;
    }

    static List<TrainingSequence> asSequences(List<GenerationRequest> requests, List<Completion> completions) {
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

    List<TrainingSequence> sequences(int count) {
        List<TrainingSequence> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(TrainingSequence.of(tokens(3 + i % 4), tokens(4 + i), i % 2 == 0 ? 1 : 0.8));
        }
        return sequences;
    }

    TokenIds tokens(int count) {
        return TokenIds.of(random.ints(count, 2, 40).toArray());
    }
}
