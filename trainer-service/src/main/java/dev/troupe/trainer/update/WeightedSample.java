package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;

import dev.troupe.trainer.rollout.Sample;

/**
 * A completion with the advantage of its joint episode.
 *
 * @param forwarded whether it goes through the model; the completions of an incomplete episode have no advantage and
 *     only count in the normalisers, as in TRL
 * @param group index of its group in the step
 */
record WeightedSample(Sample sample, double advantage, boolean forwarded, int group) {
    WeightedSample {
        requireNonNull(sample, "sample is null");
        if (!Double.isFinite(advantage)) {
            throw new IllegalArgumentException("advantage is not finite: " + advantage);
        }
    }

    WeightedSample withAdvantage(double other) {
        return new WeightedSample(sample, other, forwarded, group);
    }
}
