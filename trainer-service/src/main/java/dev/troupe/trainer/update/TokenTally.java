package dev.troupe.trainer.update;

import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.grpo.PolicyLoss.Clip;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** Figures of the tokens of a step, under TRL's names. */
final class TokenTally {
    private final Spread entropies = new Spread();
    private final Spread differences = new Spread();
    private final Spread corrections = new Spread();
    private final Spread divergences = new Spread();
    private final Spread lowShares = new Spread();
    private final Spread highShares = new Spread();
    private long tokens;
    private long low;
    private long high;
    private long sequences;
    private long leftOut;

    /** @param values in nats */
    void entropies(double[] values) {
        for (double value : values) {
            entropies.add(value);
        }
    }

    /**
     * How far a sequence's tokens are from the policy before the step.
     *
     * @param before log-probabilities as recomputed
     * @param sampled as recorded
     */
    void differences(double[] before, double[] sampled) {
        for (int t = 0; t < before.length; t++) {
            differences.add(Math.abs(before[t] - sampled[t]));
        }
    }

    /** @param weights for tokens that another policy drew */
    void corrections(double[] weights) {
        for (double weight : weights) {
            corrections.add(weight);
        }
    }

    /** @param clips of the tokens of one completion */
    void clips(Clip[] clips) {
        long lowHere = Arrays.stream(clips).filter(clip -> clip == Clip.LOW).count();
        long highHere = Arrays.stream(clips).filter(clip -> clip == Clip.HIGH).count();
        tokens += clips.length;
        low += lowHere;
        high += highHere;
        lowShares.add((double) lowHere / clips.length);
        highShares.add((double) highHere / clips.length);
    }

    /** @param masked whether a sequence of {@code off_policy_mask_threshold} is left out */
    void offPolicy(boolean masked) {
        sequences++;
        leftOut += masked ? 1 : 0;
    }

    /** @param values estimates of the divergence from the reference policy */
    void divergence(double[] values) {
        for (double value : values) {
            divergences.add(value);
        }
    }

    void add(TokenTally other) {
        entropies.add(other.entropies);
        differences.add(other.differences);
        corrections.add(other.corrections);
        divergences.add(other.divergences);
        lowShares.add(other.lowShares);
        highShares.add(other.highShares);
        tokens += other.tokens;
        low += other.low;
        high += other.high;
        sequences += other.sequences;
        leftOut += other.leftOut;
    }

    /** Hands over each figure of which there is any. */
    void report(LossType type, BiConsumer<String, Double> metrics) {
        if (tokens > 0) {
            clipRatios(type, metrics);
            metrics.accept("entropy", entropies.mean());
            metrics.accept("sampling/sampling_logp_difference/mean", differences.mean());
            metrics.accept("sampling/sampling_logp_difference/max", differences.largest());
            metrics.accept("sampling/importance_sampling_ratio/min", corrections.smallest());
            metrics.accept("sampling/importance_sampling_ratio/mean", corrections.mean());
            metrics.accept("sampling/importance_sampling_ratio/max", corrections.largest());
        }
        if (sequences > 0) {
            metrics.accept("sampling/off_policy_masked_ratio", (double) leftOut / sequences);
        }
        if (divergences.count() > 0) {
            metrics.accept("kl", divergences.mean());
        }
    }

    /** Smallest and largest are of a completion's tokens; in TRL of a process's, which would depend on the split. */
    private void clipRatios(LossType type, BiConsumer<String, Double> metrics) {
        if (type == LossType.CISPO) {
            metrics.accept("cispo_clip_ratio", (double) high / tokens);
            return;
        }
        metrics.accept("clip_ratio/low_mean", (double) low / tokens);
        metrics.accept("clip_ratio/low_min", lowShares.smallest());
        metrics.accept("clip_ratio/high_mean", (double) high / tokens);
        metrics.accept("clip_ratio/high_max", highShares.largest());
        metrics.accept("clip_ratio/region_mean", (double) (low + high) / tokens);
    }
}
