package dev.troupe.agent.decode;

/**
 * How much is decoded at once.
 *
 * @param threads that decode, each with a batch of its own
 * @param maxSequences of one batch; vLLM's {@code max_num_seqs}
 * @param maxTokens of the prompts and longest completions of one batch, which bounds its cache; a single longer request
 *     runs alone
 * @param carryOver whether running sequences go on with a version that is swapped in, or end on their own
 */
public record DecodeOptions(int threads, int maxSequences, long maxTokens, boolean carryOver) {
    public static final DecodeOptions DEFAULT = new DecodeOptions(1, 128, 1 << 16, false);

    public DecodeOptions {
        if (threads < 1 || maxSequences < 1 || maxTokens < 1) {
            throw new IllegalArgumentException("threads %d, maxSequences %d and maxTokens %d must be 1 or more"
                    .formatted(threads, maxSequences, maxTokens));
        }
    }
}
