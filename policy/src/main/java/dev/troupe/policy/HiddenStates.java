package dev.troupe.policy;

import ai.djl.ndarray.NDArray;

/**
 * What a decoder computes in front of its head, and the way back.
 *
 * @param values (batch, length, hidden)
 * @param backward takes the gradient of the loss by the values, of their shape, to the parameters
 */
record HiddenStates(NDArray values, Backward backward) {
    /** The second half of a training step. */
    @FunctionalInterface
    interface Backward {
        void run(NDArray gradient);
    }
}
