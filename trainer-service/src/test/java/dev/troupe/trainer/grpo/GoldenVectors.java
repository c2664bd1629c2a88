package dev.troupe.trainer.grpo;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Inputs and results of TRL 1.13's {@code _compute_loss} in double precision. */
final class GoldenVectors {
    static final double[][] LOGPROBS = {
        {-1, -.5, -2, -.7}, {-.3, -1.2, -.9, 0}, {-2.2, -.1, -.4, -1.1}, {-.6, -.8, 0, 0}
    };
    static final double[][] OLD = {{-1.2, -.5, -1.6, -.7}, {-.9, -1.2, -.6, 0}, {-2, -.4, -.4, -1.5}, {-.6, -.3, 0, 0}};
    static final double[][] REFERENCE = {
        {-1.1, -.6, -1.9, -.7}, {-.5, -1, -.9, 0}, {-2.4, -.2, -.3, -1.3}, {-.9, -.5, 0, 0}
    };
    static final double[] ADVANTAGES = {.8, -1.1, .5, -.2};
    static final int[] LENGTHS = {4, 3, 4, 2};
    static final int MAX_LENGTH = 8;
    static final int TOKENS = IntStream.of(LENGTHS).sum();

    private GoldenVectors() {}

    /** A row without its padding. */
    static SequenceLogProbs sequence(int row, double[][] logprobs) {
        return SequenceLogProbs.of(unpadded(row, logprobs), unpadded(row, OLD)).withReference(unpadded(row, REFERENCE));
    }

    /** A row without its padding, as a policy delivers it. */
    static SequenceLogProbs sequenceInSinglePrecision(int row) {
        return SequenceLogProbs.of(single(unpadded(row, LOGPROBS)), single(unpadded(row, OLD)))
                .withReference(single(unpadded(row, REFERENCE)));
    }

    private static double[] single(double[] values) {
        return Arrays.stream(values).map(value -> (float) value).toArray();
    }

    static double[] unpadded(int row, double[][] rows) {
        return Arrays.copyOf(rows[row], LENGTHS[row]);
    }

    static TokenWeights weights(LossType type) {
        return new TokenWeights(type, LENGTHS.length, TOKENS, MAX_LENGTH);
    }

    /** The weight of a row when all rows are one micro-batch. */
    static double weight(LossType type, int row) {
        return weights(type).of(LENGTHS[row], LENGTHS.length, TOKENS);
    }
}
