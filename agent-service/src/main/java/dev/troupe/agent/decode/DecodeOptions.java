package dev.troupe.agent.decode;

/**
 * How much is decoded at once.
 *
 * @param threads that decode, each with a batch of its own
 * @param maxSequences of one batch; vLLM's {@code max_num_seqs}
 * @param maxTokens of the prompts and longest completions of one batch, which bounds its cache; a single longer request
 *     runs alone
 * @param maxReadTokens of prompts that are read between two steps while others run and wait; vLLM's
 *     {@code max_num_batched_tokens}; a longer prompt is read alone
 * @param carryOver whether running sequences go on with a version that is swapped in, or end on their own
 */
public record DecodeOptions(int threads, int maxSequences, long maxTokens, long maxReadTokens, boolean carryOver) {
    public static final DecodeOptions DEFAULT = new DecodeOptions(1, 128, 1 << 16, 2048, false);

    public DecodeOptions {
        if (threads < 1 || maxSequences < 1 || maxTokens < 1 || maxReadTokens < 1) {
            throw new IllegalArgumentException(
                    "threads %d, maxSequences %d, maxTokens %d and maxReadTokens %d must be 1 or more"
                            .formatted(threads, maxSequences, maxTokens, maxReadTokens));
        }
    }
}
