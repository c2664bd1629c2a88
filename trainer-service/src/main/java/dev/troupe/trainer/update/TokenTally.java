package dev.troupe.trainer.update;

import dev.troupe.policy.LogProbs;
import dev.troupe.trainer.grpo.ReferenceLoss;
import java.util.List;

/** Per-token figures of the forward passes of a step, averaged over tokens. */
final class TokenTally {
    private final ReferenceLoss loss;
    private long tokens;
    private long clipped;
    private double entropy;
    private double difference;
    private double largestDifference;

    TokenTally(ReferenceLoss loss) {
        this.loss = loss;
    }

    /**
     * Counts one micro-batch.
     *
     * @param samples its rows
     * @param columns its padded length
     * @param logprobs (rows * columns) as recomputed
     * @param entropies (rows * columns)
     */
    void count(List<WeightedSample> samples, int columns, float[] logprobs, float[] entropies) {
        for (int row = 0; row < samples.size(); row++) {
            LogProbs recorded = samples.get(row).sample().behaviour();
            double advantage = samples.get(row).advantage();
            for (int t = 0; t < recorded.size(); t++) {
                double logprob = logprobs[row * columns + t];
                double distance = Math.abs(logprob - recorded.get(t));
                tokens++;
                entropy += entropies[row * columns + t];
                difference += distance;
                largestDifference = Math.max(largestDifference, distance);
                if (loss.isClipped(logprob, recorded.get(t), advantage)) {
                    clipped++;
                }
            }
        }
    }

    void add(TokenTally other) {
        tokens += other.tokens;
        clipped += other.clipped;
        entropy += other.entropy;
        difference += other.difference;
        largestDifference = Math.max(largestDifference, other.largestDifference);
    }

    boolean isEmpty() {
        return tokens == 0;
    }

    double meanEntropy() {
        return entropy / Math.max(tokens, 1);
    }

    double clippedShare() {
        return (double) clipped / Math.max(tokens, 1);
    }

    double meanDifference() {
        return difference / Math.max(tokens, 1);
    }

    double largestDifference() {
        return largestDifference;
    }
}
