package dev.troupe.trainer.grpo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/** The clipped loss over a batch of tokens, differentiable; see {@link ReferenceLoss} for the formula. */
public final class ClippedLoss {
    private final float low;
    private final float high;

    public ClippedLoss(double epsilon, double epsilonHigh) {
        this.low = (float) (1 - epsilon);
        this.high = (float) (1 + epsilonHigh);
    }

    /**
     * The weighted sum of the token losses, a scalar.
     *
     * @param logprobs (batch, tokens), of the policy that is trained
     * @param old (batch, tokens), of the policy that sampled
     * @param advantages (batch, 1)
     * @param mask (batch, tokens), 1 where a token counts
     * @param weights (batch, tokens), 0 where the mask is 0
     */
    public NDArray loss(NDArray logprobs, NDArray old, NDArray advantages, NDArray mask, NDArray weights) {
        // Masked before exp: whatever stands in the padding must not become infinity times zero.
        NDArray ratio = logprobs.sub(old).mul(mask).exp();
        NDArray gain =
                NDArrays.minimum(ratio.mul(advantages), ratio.clip(low, high).mul(advantages));
        return gain.mul(weights).sum().neg();
    }
}
