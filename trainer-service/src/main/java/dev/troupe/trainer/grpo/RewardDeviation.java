package dev.troupe.trainer.grpo;

/**
 * The standard deviation that centred rewards are divided by. TRL's {@code GRPOTrainer} has 1 and 1e-4, its
 * {@code AsyncGRPOTrainer} 0 and 1e-8; verl has 1 and 1e-6.
 *
 * @param ddof {@code scale_rewards_ddof}, the degrees of freedom that are lost: 1 is the sample deviation, 0 that of
 *     the population
 * @param epsilon {@code scale_rewards_epsilon}, added to the deviation
 */
public record RewardDeviation(int ddof, double epsilon) {
    public RewardDeviation {
        if (ddof != 0 && ddof != 1) {
            throw new IllegalArgumentException("scale_rewards_ddof must be 0 or 1: " + ddof);
        }
        // Not 0: a flat reward would be 0 / 0.
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("scale_rewards_epsilon must be more than 0: " + epsilon);
        }
    }

    /** Those of TRL's {@code GRPOTrainer}. */
    public static RewardDeviation defaults() {
        return new RewardDeviation(1, 1e-4);
    }

    /** What centred rewards are divided by; NaN is a reward that is missing. */
    double divisor(double[] rewards) {
        return Advantages.deviation(rewards, ddof) + epsilon;
    }
}
