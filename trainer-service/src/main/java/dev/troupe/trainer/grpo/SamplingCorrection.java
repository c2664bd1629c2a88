package dev.troupe.trainer.grpo;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * What is done about completions that were drawn by another policy than the one before the step: older weights, or the
 * numerics of another engine. A token's weight is made of {@code w = exp(old - sampled)}; names and defaults as TRL's
 * {@code vllm_importance_sampling_mode}, {@code vllm_importance_sampling_clip_min} and {@code ..._clip_max}.
 *
 * @param mode how
 * @param clipMin smallest weight
 * @param clipMax largest weight
 * @param offPolicyMaskThreshold {@code off_policy_mask_threshold}: a sequence of negative advantage is left out when
 *     the mean over its tokens of {@code sampled - now} is more, in nats (DeepSeek-V3.2, arXiv 2512.02556, equation 9);
 *     what another policy did badly teaches this one little
 */
public record SamplingCorrection(
        Mode mode, OptionalDouble clipMin, double clipMax, OptionalDouble offPolicyMaskThreshold) {

    /** Without a mask of sequences. */
    public SamplingCorrection(Mode mode, OptionalDouble clipMin, double clipMax) {
        this(mode, clipMin, clipMax, OptionalDouble.empty());
    }

    /** How a weight is made. */
    public enum Mode {
        /** No weights: the ratio of the loss itself is taken against what was recorded; "bypass" elsewhere. */
        BEHAVIOUR,
        /** No weights, and the ratio is taken against the policy before the step; TRL with the correction off. */
        NONE,
        /** Each token's, held within the bounds (truncated importance sampling). */
        TOKEN_TRUNCATE,
        /** Each token's; 0 beyond the bounds (masked importance sampling). */
        TOKEN_MASK,
        /** The product over the sequence, held within the bounds. */
        SEQUENCE_TRUNCATE,
        /** The product over the sequence; 0 beyond the bounds. */
        SEQUENCE_MASK;

        /** @throws IllegalArgumentException naming the value and the accepted ones */
        public static Mode parse(String name) {
            return OptionNames.parse("importance_sampling_mode", Mode.class, name);
        }
    }

    public SamplingCorrection {
        requireNonNull(mode, "importance_sampling_mode is null");
        requireNonNull(clipMin, "importance_sampling_clip_min is null");
        double least = clipMin.orElse(0);
        if (!(least >= 0 && clipMax > least && Double.isFinite(clipMax))) {
            throw new IllegalArgumentException(
                    "importance_sampling_clip_min and importance_sampling_clip_max must be 0 <= min < max: %s, %s"
                            .formatted(least, clipMax));
        }
        double threshold = offPolicyMaskThreshold.orElse(0);
        if (!(threshold >= 0 && Double.isFinite(threshold))) {
            throw new IllegalArgumentException("off_policy_mask_threshold must be 0 or more: " + threshold);
        }
    }

    /** TRL's defaults. */
    public static SamplingCorrection defaults() {
        return new SamplingCorrection(Mode.SEQUENCE_MASK, OptionalDouble.empty(), 3);
    }

    /** What the ratio of the loss is taken against. */
    public boolean againstBehaviour() {
        return mode == Mode.BEHAVIOUR;
    }

    /**
     * The weight of each token.
     *
     * @param old log-probabilities of the policy before the step
     * @param sampled as recorded when the tokens were drawn
     */
    public double[] weights(double[] old, double[] sampled) {
        if (old.length != sampled.length) {
            throw new IllegalArgumentException("%d and %d tokens".formatted(old.length, sampled.length));
        }
        double[] weights = new double[old.length];
        switch (mode) {
            case BEHAVIOUR, NONE -> Arrays.fill(weights, 1);
            case TOKEN_TRUNCATE, TOKEN_MASK -> Arrays.setAll(weights, t -> bounded(Math.exp(old[t] - sampled[t])));
            case SEQUENCE_TRUNCATE, SEQUENCE_MASK -> {
                double sum = 0;
                for (int t = 0; t < old.length; t++) {
                    sum += old[t] - sampled[t];
                }
                Arrays.fill(weights, bounded(Math.exp(sum)));
            }
        }
        return weights;
    }

    /**
     * Whether a sequence is left out, because its advantage is negative and the policy has moved away from it.
     *
     * @param now log-probabilities of the policy that is trained
     * @param sampled as recorded when the tokens were drawn
     */
    public boolean leavesOut(double advantage, double[] now, double[] sampled) {
        if (offPolicyMaskThreshold.isEmpty() || advantage >= 0 || now.length == 0) {
            return false;
        }
        double sum = 0;
        for (int t = 0; t < now.length; t++) {
            sum += sampled[t] - now[t];
        }
        return sum / now.length > offPolicyMaskThreshold.getAsDouble();
    }

    private double bounded(double weight) {
        double least = clipMin.orElse(0);
        return switch (mode) {
            case TOKEN_MASK, SEQUENCE_MASK -> weight > clipMax || weight < least ? 0 : weight;
            case BEHAVIOUR, NONE, TOKEN_TRUNCATE, SEQUENCE_TRUNCATE -> Math.clamp(weight, least, clipMax);
        };
    }
}
