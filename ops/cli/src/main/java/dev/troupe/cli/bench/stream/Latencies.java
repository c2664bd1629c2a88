package dev.troupe.cli.bench.stream;

import java.util.Arrays;
import java.util.Collection;

/**
 * Quantiles of durations, in milliseconds.
 *
 * @param count how many were measured
 */
record Latencies(long count, double p50, double p99, double max) {

    static Latencies of(Collection<Double> millis) {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("there is nothing to take quantiles of");
        }
        return new Latencies(
                sorted.length,
                at(sorted, 0.5),
                at(sorted, 0.99),
                Arrays.stream(sorted).max().orElseThrow());
    }

    /** The nearest rank. */
    private static double at(double[] sorted, double quantile) {
        return sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
    }
}
