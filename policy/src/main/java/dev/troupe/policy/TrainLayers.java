package dev.troupe.policy;

import ai.djl.ndarray.NDArray;

/** What lies between the embedding of a decoder and its logits, recorded for gradients when the thread records. */
interface TrainLayers {
    /**
     * One layer.
     *
     * @param x (batch, length, hidden)
     * @param rotation of positions 0 to length - 1
     * @param mask (length, length), added to scores
     */
    NDArray layer(NDArray x, int index, RopeTable.Rotation rotation, NDArray mask);

    /** The last norm (.., hidden). */
    NDArray norm(NDArray x);

    /** Normed hidden states (rows, hidden) to logits (rows, vocab). */
    NDArray logits(NDArray hidden);
}
