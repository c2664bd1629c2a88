package dev.troupe.trainer.grpo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Group-relative advantages over joint episodes: {@code (r - mean) / (std + 1e-4)} (arXiv 2402.03300, section 4.1.2;
 * over joint rewards arXiv 2508.04652), with TRL's conventions. A reward of NaN is one that is missing: it does not
 * enter mean or deviation, and its advantage is 0.
 */
public final class Advantages {
    /** TRL's, added to the standard deviation. */
    private static final double EPSILON = 1e-4;
    /** Rewards closer than this to their mean are equal: sums in floating point leave such a residue. */
    private static final double EQUAL = 1e-8;

    private Advantages() {}

    /**
     * The advantage of each reward.
     *
     * @param groups rewards, one array for each group
     * @return arrays of the same shapes
     */
    public static List<double[]> of(List<double[]> groups, ScaleRewards scale) {
        double batch = deviation(groups.stream().flatMapToDouble(Arrays::stream).toArray());
        var advantages = new ArrayList<double[]>(groups.size());
        for (double[] rewards : groups) {
            double divisor =
                    switch (scale) {
                        case GROUP -> deviation(rewards) + EPSILON;
                        case BATCH -> batch + EPSILON;
                        case NONE -> 1;
                    };
            boolean equal = allEqual(rewards);
            double mean = mean(rewards);
            advantages.add(Arrays.stream(rewards)
                    .map(reward -> equal || Double.isNaN(reward) ? 0 : (reward - mean) / divisor)
                    .toArray());
        }
        return advantages;
    }

    /** Whether the rewards that are there do not differ (or none is there), so that nothing can be learnt from them. */
    public static boolean allEqual(double[] rewards) {
        double mean = mean(rewards);
        return Arrays.stream(rewards)
                .filter(reward -> !Double.isNaN(reward))
                .allMatch(reward -> Math.abs(reward - mean) <= EQUAL * Math.max(1, Math.abs(mean)));
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
        double mean = mean(rewards);
        double squares = 0;
        int count = 0;
        for (double reward : rewards) {
            if (!Double.isNaN(reward)) {
                squares += (reward - mean) * (reward - mean);
                count++;
            }
        }
        return count < 2 ? 0 : Math.sqrt(squares / (count - 1));
    }
}
