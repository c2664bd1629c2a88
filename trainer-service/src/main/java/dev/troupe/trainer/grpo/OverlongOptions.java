package dev.troupe.trainer.grpo;

/**
 * The soft punishment of completions that come close to the length limit (DAPO, arXiv 2503.14476, equation 13); names
 * as verl's {@code overlong_buffer}.
 *
 * @param bufferLength {@code overlong_buffer_len}: tokens below {@code max_completion_length} over which the punishment
 *     grows from 0 to all of it; 0 punishes nothing
 * @param penaltyFactor {@code overlong_penalty_factor}: what is taken off the reward at the limit
 */
public record OverlongOptions(int bufferLength, double penaltyFactor) {
    public OverlongOptions {
        if (bufferLength < 0) {
            throw new IllegalArgumentException("overlong_buffer_len must be 0 (off) or more: " + bufferLength);
        }
        if (!(penaltyFactor >= 0) || Double.isInfinite(penaltyFactor)) {
            throw new IllegalArgumentException("overlong_penalty_factor must be 0 or more: " + penaltyFactor);
        }
    }

    /** No length is punished. */
    public static OverlongOptions unused() {
        return new OverlongOptions(0, 1);
    }

    public boolean used() {
        return bufferLength > 0;
    }

    /**
     * What is added to a reward, 0 or less.
     *
     * @param length of the completion in tokens
     * @param maxCompletionLength where the whole punishment is reached
     */
    public double penalty(int length, int maxCompletionLength) {
        if (!used()) {
            return 0;
        }
        int beyond = length - (maxCompletionLength - bufferLength);
        return beyond <= 0 ? 0 : -penaltyFactor * Math.min((double) beyond / bufferLength, 1);
    }
}
