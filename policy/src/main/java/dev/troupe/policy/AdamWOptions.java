package dev.troupe.policy;

/**
 * AdamW (arXiv 1711.05101, algorithm 2), with the gradient clipped to a global norm before it.
 *
 * @param learningRate of this step; schedules are the caller's
 * @param weightDecay decoupled; applies to matrices and embeddings, not to norm weights, as in Hugging Face's Trainer
 * @param maxGradNorm largest global L2 norm of the gradient; infinity switches clipping off
 */
public record AdamWOptions(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double maxGradNorm) {
    public AdamWOptions {
        if (!Double.isFinite(learningRate) || learningRate < 0) {
            throw new IllegalArgumentException("learningRate must be 0 or more: " + learningRate);
        }
        requireUnit("beta1", beta1);
        requireUnit("beta2", beta2);
        if (!((float) epsilon >= Float.MIN_NORMAL) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("epsilon must be more than 0, also as a float: " + epsilon);
        }
        if (!Double.isFinite(weightDecay) || weightDecay < 0) {
            throw new IllegalArgumentException("weightDecay must be 0 or more: " + weightDecay);
        }
        if (!(maxGradNorm > 0)) {
            throw new IllegalArgumentException("maxGradNorm must be more than 0: " + maxGradNorm);
        }
    }

    /** PyTorch's and TRL's defaults: betas 0.9 and 0.999, epsilon 1e-8, no weight decay, gradient norm at most 1. */
    public static AdamWOptions withLearningRate(double learningRate) {
        return new AdamWOptions(learningRate, 0.9, 0.999, 1e-8, 0, 1);
    }

    private static void requireUnit(String name, double value) {
        if (!(value >= 0 && (float) value < 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1), also as a float: " + value);
        }
    }
}
