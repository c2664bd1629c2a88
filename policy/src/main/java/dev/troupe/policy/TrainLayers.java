package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** What lies between the embedding of a decoder and its logits, recorded for gradients when the thread records. */
interface TrainLayers {
    /** What is added to the scores of every layer, as this one wants it: made once for all of them. */
    NDArray mask(int length, NDManager step);

    /**
     * One layer.
     *
     * @param x (batch, length, hidden)
     * @param rotation of positions 0 to length - 1
     * @param mask as {@link #mask} made it
     */
    NDArray layer(NDArray x, int index, RopeTable.Rotation rotation, NDArray mask);

    /** The last norm (.., hidden). */
    NDArray norm(NDArray x);

    /** Normed hidden states (rows, hidden) to logits (rows, vocab). */
    NDArray logits(NDArray hidden);
}
