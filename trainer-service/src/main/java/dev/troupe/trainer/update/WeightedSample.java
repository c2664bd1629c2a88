package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;

import dev.troupe.trainer.rollout.Sample;

/**
 * A completion with the advantage of its joint episode.
 *
 * @param forwarded whether it goes through the model; the completions of an incomplete episode have no advantage and
 *     only count in the normalisers, as in TRL
 * @param origin where it comes from
 */
record WeightedSample(Sample sample, double advantage, boolean forwarded, Origin origin) {

    /**
     * Where a completion comes from.
     *
     * @param group index of the group in its step
     * @param episode index of the episode in its group
     */
    record Origin(int group, int episode) {}

    WeightedSample {
        requireNonNull(sample, "sample is null");
        requireNonNull(origin, "origin is null");
        if (!Double.isFinite(advantage)) {
            throw new IllegalArgumentException("advantage is not finite: " + advantage);
        }
    }
}
