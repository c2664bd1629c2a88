package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The cache of one batch, whose rows come and go, and the passes that fill it. Used by one thread. */
interface DecodingBatch extends AutoCloseable {
    /** What a row continues, and with which adapter. */
    record Prompt(TokenIds tokens, Optional<ServingAdapter> adapter) {}

    /**
     * How new rows begin.
     *
     * @param row of the batch that begins so
     * @param tokens its first so many
     * @param count of new rows
     */
    record Beginning(int row, int tokens, int count) {
        /** Of each new row. */
        int[] lengths() {
            return IntStream.generate(() -> tokens).limit(count).toArray();
        }
    }

    /**
     * Reads prompts and adds rows that continue them behind those that stay.
     *
     * @param kept rows that stay, in order; the others are dropped
     * @param prompts each one once, at least one
     * @param promptOfRow which prompt each new row continues
     * @return logits behind the prompt of each new row (new rows, vocab), owned by {@code step}
     */
    NDArray admit(int[] kept, List<Prompt> prompts, int[] promptOfRow, NDManager step);

    /**
     * Adds rows that begin as present ones do, behind those that stay; nothing is computed for it.
     *
     * @param kept rows that stay, in order; the others are dropped
     * @param beginnings of the new rows in order, at least one; rows that are dropped will do
     */
    void fork(int[] kept, List<Beginning> beginnings, NDManager step);

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
