package dev.troupe.trainer.grpo;

/**
 * The clipped loss of one token in double arithmetic, and its derivative; what {@link ClippedLoss} is tested against.
 * arXiv 1707.06347, equation 7, with separate bounds (arXiv 2503.14476, equation 9).
 */
public final class ReferenceLoss {
    private final double low;
    private final double high;

    public ReferenceLoss(double epsilon, double epsilonHigh) {
        this.low = 1 - epsilon;
        this.high = 1 + epsilonHigh;
    }

    /** {@code -min(r A, clip(r) A)} with {@code r = exp(logprob - old)}. */
    public double loss(double logprob, double old, double advantage) {
        double ratio = Math.exp(logprob - old);
        return -Math.min(ratio * advantage, Math.clamp(ratio, low, high) * advantage);
    }

    /** The derivative of {@link #loss} by {@code logprob}. */
    public double gradient(double logprob, double old, double advantage) {
        return isClipped(logprob, old, advantage) ? 0 : -Math.exp(logprob - old) * advantage;
    }

    /** Whether the bound holds the token back: too unlikely already with A &lt; 0, or too likely with A &gt; 0. */
    public boolean isClipped(double logprob, double old, double advantage) {
        double ratio = Math.exp(logprob - old);
        return (ratio < low && advantage < 0) || (ratio > high && advantage > 0);
    }
}
