package dev.troupe.trainer.grpo;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/**
 * What a token loses; names, meaning and defaults as in TRL's {@code GRPOConfig} 1.13.
 *
 * @param type loss and aggregation
 * @param level over what the ratio is taken
 * @param epsilon clip range below 1; from 1 on nothing is clipped there
 * @param epsilonHigh clip range above 1; for {@code cispo} the largest ratio itself
 * @param delta upper bound of the ratio whatever the advantage (INTELLECT-2, arXiv 2505.07291)
 * @param beta weight of the divergence from the reference policy; 0 needs no such policy
 * @param klEstimator how the divergence is estimated
 * @param useBiasCorrectionKl whether the divergence is multiplied by the ratio, gradient included
 */
public record LossOptions(
        LossType type,
        ImportanceSamplingLevel level,
        double epsilon,
        double epsilonHigh,
        OptionalDouble delta,
        double beta,
        KlEstimator klEstimator,
        boolean useBiasCorrectionKl) {

    public LossOptions {
        requireNonNull(type, "loss_type is null");
        requireNonNull(level, "importance_sampling_level is null");
        requireNonNull(klEstimator, "kl_estimator is null");
        if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("epsilon must be 0 or more: " + epsilon);
        }
        if (!(epsilonHigh >= 0) || Double.isInfinite(epsilonHigh)) {
            throw new IllegalArgumentException("epsilon_high must be 0 or more: " + epsilonHigh);
        }
        if (delta.isPresent() && !(delta.getAsDouble() > 1 && Double.isFinite(delta.getAsDouble()))) {
            throw new IllegalArgumentException("delta must be more than 1: " + delta.getAsDouble());
        }
        if (!(beta >= 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta must be 0 or more: " + beta);
        }
    }

    /** TRL's defaults. */
    public static LossOptions defaults() {
        return new LossOptions(
                LossType.DAPO,
                ImportanceSamplingLevel.TOKEN,
                0.2,
                0.2,
                OptionalDouble.empty(),
                0,
                KlEstimator.K3,
                true);
    }

    public LossOptions withType(LossType other) {
        return new LossOptions(other, level, epsilon, epsilonHigh, delta, beta, klEstimator, useBiasCorrectionKl);
    }
}
