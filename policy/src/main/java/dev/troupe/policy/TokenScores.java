package dev.troupe.policy;

import ai.djl.ndarray.NDArray;

/** What the head says of a micro-batch's completion tokens, and the way back from it. */
interface TokenScores {
    /** Log-probs (tokens). */
    NDArray logprobs();

    /** Entropies in nats (tokens), without gradient. */
    NDArray entropies();

    /**
     * Adds to the gradient of the head.
     *
     * @param gradient of the loss by the log-probs and the entropies
     * @return the gradient of the loss by the hidden states, of their shape
     */
    NDArray backward(ScoreGradient gradient);
}
