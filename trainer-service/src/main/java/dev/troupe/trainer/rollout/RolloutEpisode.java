package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One joint episode.
 *
 * @param course how it went
 * @param reward joint reward of all roles; NaN when the episode is incomplete
 * @param passed whether the environment's hard criteria hold
 * @param terms raw reward terms by name
 * @param weights by which terms make up the reward, below 0 for a cost; empty where the record does not say
 * @param samples completions of the policies that are trained
 */
public record RolloutEpisode(
        Course course,
        double reward,
        boolean passed,
        Map<String, Double> terms,
        Map<String, Double> weights,
        List<Sample> samples) {
    public RolloutEpisode {
        requireNonNull(course, "course is null");
        if (Double.isInfinite(reward)) {
            throw new IllegalArgumentException("reward is infinite");
        }
        // Sorted, so that sums over terms run in the same order on every replay.
        terms = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(terms));
        weights = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(weights));
        samples = List.copyOf(samples);
    }

    public boolean scored() {
        return !Double.isNaN(reward);
    }
}
