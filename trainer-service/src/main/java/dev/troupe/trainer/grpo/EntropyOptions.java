package dev.troupe.trainer.grpo;

/**
 * What the entropy of the policy is used for; names and defaults as TRL's.
 *
 * @param coefficient {@code entropy_coef}: times the entropy, in nats, it is taken off each token's loss
 * @param topQuantile {@code top_entropy_quantile}: only this share of the tokens of a micro-batch, those of the highest
 *     entropy, enters the loss (arXiv 2506.01939); 1 is all
 */
public record EntropyOptions(double coefficient, double topQuantile) {
    public EntropyOptions {
        if (!(coefficient >= 0) || Double.isInfinite(coefficient)) {
            throw new IllegalArgumentException("entropy_coef must be 0 or more: " + coefficient);
        }
        if (!(topQuantile > 0 && topQuantile <= 1)) {
            throw new IllegalArgumentException("top_entropy_quantile must be in (0, 1]: " + topQuantile);
        }
    }

    /** Entropies are measured and change nothing. */
    public static EntropyOptions unused() {
        return new EntropyOptions(0, 1);
    }

    /**
     * The smallest entropy with which a token enters the loss, by linear interpolation as {@code torch.quantile}.
     *
     * @param entropies of all tokens of a micro-batch; sorted in place
     */
    public double threshold(double[] entropies) {
        if (topQuantile == 1 || entropies.length == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        java.util.Arrays.sort(entropies);
        double place = (1 - topQuantile) * (entropies.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, entropies.length - 1);
        return entropies[below] + (place - below) * (entropies[above] - entropies[below]);
    }
}
