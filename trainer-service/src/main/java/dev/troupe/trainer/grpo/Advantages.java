package dev.troupe.trainer.grpo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Group-relative advantages over joint episodes: {@code (r - mean) / (std + epsilon)} (arXiv 2402.03300, section 4.1.2;
 * over joint rewards arXiv 2508.04652), with TRL's conventions. A reward of NaN is one that is missing: it does not
 * enter mean or deviation, and its advantage is 0.
 */
public final class Advantages {
    /** Rewards closer than this to their mean are equal: sums in floating point leave such a residue. */
    private static final double EQUAL = 1e-8;

    private Advantages() {}

    /**
     * The advantage of each reward.
     *
     * @param groups rewards, one array for each group
     * @return arrays of the same shapes
     */
    public static List<double[]> of(List<double[]> groups, ScaleRewards scale, RewardDeviation deviation) {
        double batch = deviation.divisor(
                groups.stream().flatMapToDouble(Arrays::stream).toArray());
        var advantages = new ArrayList<double[]>(groups.size());
        for (double[] rewards : groups) {
            double divisor =
                    switch (scale) {
                        case GROUP -> deviation.divisor(rewards);
                        case BATCH -> batch;
                        case NONE -> 1;
                        case RLOO -> (count(rewards) - 1) / count(rewards);
                    };
            boolean equal = allEqual(rewards);
            double mean = mean(rewards);
            advantages.add(Arrays.stream(rewards)
                    .map(reward -> equal || Double.isNaN(reward) ? 0 : (reward - mean) / divisor)
                    .toArray());
        }
        return advantages;
    }

    /**
     * The advantage where each reward is normalised within its group before they are summed, so that one of small
     * spread is not drowned by another (GDPO, as in TRL): {@code A = sum of w (r - mean) / (std + epsilon)} over the
     * rewards of a group, and then {@code (A - mean) / (std + epsilon)} over all that are there.
     *
     * @param groups the objectives of each group, at least one, all of the same episodes
     * @return one array for each group
     */
    public static List<double[]> normalizeThenSum(List<List<Objective>> groups, RewardDeviation deviation) {
        List<double[]> sums =
                groups.stream().map(group -> sum(group, deviation)).toList();
        double[] all = sums.stream().flatMapToDouble(Arrays::stream).toArray();
        double mean = mean(all);
        double divisor = deviation.divisor(all);
        return sums.stream()
                .map(sum -> Arrays.stream(sum)
                        // 0 is the mean of every group, and nothing more can be said of a flat one.
                        .map(value -> Double.isNaN(value) || value == 0 ? 0 : (value - mean) / divisor)
                        .toArray())
                .toList();
    }

    /** Normalised rewards by weight; NaN where one is missing. */
    private static double[] sum(List<Objective> objectives, RewardDeviation deviation) {
        double[] sum = new double[objectives.getFirst().rewards().length];
        for (Objective objective : objectives) {
            double[] rewards = objective.rewards();
            boolean equal = allEqual(rewards);
            double mean = mean(rewards);
            double divisor = deviation.divisor(rewards);
            for (int i = 0; i < sum.length; i++) {
                double centred = equal && !Double.isNaN(rewards[i]) ? 0 : rewards[i] - mean;
                sum[i] += objective.weight() * centred / divisor;
            }
        }
        return sum;
    }

    /** Whether the rewards that are there do not differ (or none is there), so that nothing can be learnt from them. */
    public static boolean allEqual(double[] rewards) {
        double mean = mean(rewards);
        return Arrays.stream(rewards)
                .filter(reward -> !Double.isNaN(reward))
                .allMatch(reward -> Math.abs(reward - mean) <= EQUAL * Math.max(1, Math.abs(mean)));
    }

    private static double count(double[] rewards) {
        return Arrays.stream(rewards).filter(reward -> !Double.isNaN(reward)).count();
    }

    /** The mean of the rewards that are there; NaN when none is. */
    public static double mean(double[] rewards) {
        return Arrays.stream(rewards)
                .filter(reward -> !Double.isNaN(reward))
                .average()
                .orElse(Double.NaN);
    }

    /** The sample standard deviation (n - 1) of the rewards that are there; 0 when there are fewer than two. */
    public static double deviation(double[] rewards) {
        return deviation(rewards, 1);
    }

    /** As {@link #deviation(double[])} with {@code n - ddof}; 0 when that is none. */
    static double deviation(double[] rewards, int ddof) {
        double mean = mean(rewards);
        double squares = 0;
        int count = 0;
        for (double reward : rewards) {
            if (!Double.isNaN(reward)) {
                squares += (reward - mean) * (reward - mean);
                count++;
            }
        }
        return count <= ddof ? 0 : Math.sqrt(squares / (count - ddof));
    }
}
