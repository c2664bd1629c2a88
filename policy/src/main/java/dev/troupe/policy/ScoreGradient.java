package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/**
 * The gradient of a loss by what a head says of completion tokens.
 *
 * @param byLogProb (tokens)
 * @param byEntropy (tokens); empty when the loss does not look at entropies
 */
record ScoreGradient(NDArray byLogProb, Optional<NDArray> byEntropy) {
    /** Tokens {@code from} to {@code to} (exclusive). */
    ScoreGradient slice(long from, long to, NDManager step) {
        return new ScoreGradient(
                Torch.slice(byLogProb, 0, from, to, step),
                byEntropy.map(gradient -> Torch.slice(gradient, 0, from, to, step)));
    }

    /** Takes the gradient back from a recorded distribution (tokens, vocab) and its log-probs (tokens). */
    void backward(NDArray distribution, NDArray logprobs) {
        if (byEntropy.isEmpty()) {
            Torch.backward(logprobs, byLogProb);
            return;
        }
        // In one pass: the first would free the graph that the second needs.
        NDArray entropies = TokenHead.entropies(distribution);
        Torch.backward(
                logprobs.mul(byLogProb).add(entropies.mul(byEntropy.get())).sum());
    }
}
