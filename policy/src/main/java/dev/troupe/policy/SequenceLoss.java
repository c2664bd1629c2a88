package dev.troupe.policy;

import ai.djl.ndarray.NDArray;

/** A differentiable scalar over the per-token log-probs of a batch. */
@FunctionalInterface
public interface SequenceLoss {
    /**
     * Called once per batch, on the policy's own thread, while gradients are recorded.
     *
     * @return a scalar that depends on {@link TokenLogProbs#logprobs()}; multiply by the mask before any sum
     */
    NDArray loss(TokenLogProbs batch);
}
