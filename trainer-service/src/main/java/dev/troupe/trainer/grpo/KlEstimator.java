package dev.troupe.trainer.grpo;

/**
 * How the divergence from the reference policy is estimated at a token that the policy drew, from the difference of the
 * two log-probabilities {@code d = logprob - reference} (Schulman 2020, "Approximating KL divergence"). TRL has k3.
 */
public enum KlEstimator {
    /** {@code d}: unbiased, of either sign. */
    K1 {
        @Override
        public double value(double difference) {
            return difference;
        }

        @Override
        public double gradient(double difference) {
            return 1;
        }
    },
    /** {@code d^2 / 2}: biased, never negative. */
    K2 {
        @Override
        public double value(double difference) {
            return 0.5 * difference * difference;
        }

        @Override
        public double gradient(double difference) {
            return difference;
        }
    },
    /** {@code exp(-d) + d - 1}: unbiased, never negative. */
    K3 {
        @Override
        public double value(double difference) {
            return Math.expm1(-difference) + difference;
        }

        @Override
        public double gradient(double difference) {
            return -Math.expm1(-difference);
        }
    };

    /** @param difference the policy's log-probability less the reference's, nats */
    public abstract double value(double difference);

    /** The derivative of {@link #value} by the policy's log-probability. */
    public abstract double gradient(double difference);

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static KlEstimator parse(String name) {
        return OptionNames.parseIgnoringCase("kl_estimator", KlEstimator.class, name);
    }
}
