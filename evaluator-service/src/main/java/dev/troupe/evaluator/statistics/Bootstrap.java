package dev.troupe.evaluator.statistics;

import dev.troupe.schemas.avro.Metric;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Percentile bootstrap of a mean (Efron 1979): resample the values with replacement, take the 2.5 % and 97.5 %
 * quantiles of the resampled means. Seeded, so the same values always give the same interval.
 */
public final class Bootstrap {

    private static final int RESAMPLES = 1000;

    private Bootstrap() {}

    /** @param values one value per task, in any order; not empty */
    public static Metric mean(double[] values, long seed) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values to take the mean of");
        }
        double[] sorted = values.clone();
        // The order in which episodes come in must not change the interval.
        Arrays.sort(sorted);
        var random = new SplittableRandom(seed);
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int j = 0; j < sorted.length; j++) {
                sum += sorted[random.nextInt(sorted.length)];
            }
            means[i] = sum / sorted.length;
        }
        Arrays.sort(means);
        return new Metric(
                Arrays.stream(sorted).average().orElseThrow(),
                means[(int) (0.025 * RESAMPLES)],
                means[(int) (0.975 * RESAMPLES) - 1],
                values.length);
    }
}
