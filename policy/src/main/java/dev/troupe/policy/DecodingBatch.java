package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;

/** The cache of one batch and the passes that fill it. Used by one thread. */
interface DecodingBatch extends AutoCloseable {
    /** What a row continues, and with which adapter. */
    record Prompt(TokenIds tokens, Optional<ServingAdapter> adapter) {}

    /**
     * Reads prompts into the cache, once, before the first step.
     *
     * @param prompts each one once, those with the same adapter side by side
     * @param promptOfRow which prompt each row of the batch continues
     * @return logits behind the prompt of each row (rows, vocab), owned by {@code step}
     */
    NDArray prefill(List<Prompt> prompts, int[] promptOfRow, NDManager step);

    /**
     * One more token for each row.
     *
     * @param positions counted from the first token of a row's prompt
     * @return logits (rows, vocab), owned by {@code step}
     */
    NDArray step(long[] ids, long[] positions, NDManager step);

    /** Drops all rows but these; the rest keep their order. */
    void keep(int[] rows, NDManager step);

    @Override
    void close();
}
