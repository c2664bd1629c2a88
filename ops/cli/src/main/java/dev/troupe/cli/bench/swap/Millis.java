package dev.troupe.cli.bench.swap;

import java.util.stream.LongStream;

/**
 * Quantiles of durations, in milliseconds, by the nearest rank; NaN of none.
 *
 * @param count how many were measured
 */
record Millis(long count, double p50, double p99, double max) {

    static Millis of(LongStream nanos) {
        long[] sorted = nanos.sorted().toArray();
        return new Millis(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double quantile) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)] / 1e6;
    }
}
