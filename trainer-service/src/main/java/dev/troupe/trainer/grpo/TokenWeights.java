package dev.troupe.trainer.grpo;

/**
 * The aggregation of a loss as one weight for each sequence: every loss here is {@code sum_i w_i * sum_t l_it}, so
 * losses and gradients of micro-batches add up to those of the step.
 *
 * @param type whose aggregation it is
 * @param sequences in the step
 * @param tokens trainable ones in the step
 * @param maxCompletionLength the constant of {@code dr_grpo}
 */
public record TokenWeights(LossType type, int sequences, long tokens, int maxCompletionLength) {
    public TokenWeights {
        if (sequences < 1 || tokens < 0 || maxCompletionLength < 1) {
            throw new IllegalArgumentException("sequences, tokens or max_completion_length out of range: " + sequences
                    + ", " + tokens + ", " + maxCompletionLength);
        }
    }

    /**
     * The weight of each token of a sequence.
     *
     * @param length trainable tokens of the sequence
     * @param microSequences sequences of its micro-batch
     * @param microTokens trainable tokens of its micro-batch
     */
    public double of(int length, int microSequences, long microTokens) {
        return switch (type) {
            case GRPO, SAPO -> 1.0 / ((double) Math.max(length, 1) * sequences);
            case DR_GRPO -> 1.0 / ((double) sequences * maxCompletionLength);
            case DAPO, CISPO, VESPO -> 1.0 / Math.max(tokens, 1);
            case LUSPO, REINFORCE -> 1.0 / sequences;
            // A micro-batch's mean, weighted by its share of the sequences.
            case BNPO -> (double) microSequences / sequences / Math.max(microTokens, 1);
        };
    }
}
