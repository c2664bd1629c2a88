package dev.troupe.evaluator.statistics;

import dev.troupe.schemas.avro.Difference;
import dev.troupe.schemas.avro.Metric;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Whether two versions differ on the same tasks: the mean of the differences task by task, its bootstrap interval, and
 * the sign-flip permutation test (Fisher 1935). Were the versions alike, each difference might as well have had the
 * other sign; the p-value is the share of all assignments of signs whose mean is as far from 0 as the one observed.
 */
public final class PairedTest {

    /** All assignments are tried up to so many differences that are not 0. */
    private static final int EXACT = 14;

    private static final int DRAWS = 9_999;
    /** Sums of the same numbers in another order differ by less than this share. */
    private static final double ROUNDING = 1e-12;

    private PairedTest() {}

    /**
     * The test.
     *
     * @param differences one per task, in any order; not empty
     * @param seed of the interval and, with many tasks, of the assignments drawn
     */
    public static Difference of(double[] differences, long seed) {
        Metric mean = Bootstrap.mean(differences, seed);
        return new Difference(
                mean.getMean(), mean.getLow(), mean.getHigh(), pValue(differences, seed), mean.getCount());
    }

    private static double pValue(double[] differences, long seed) {
        // A difference of 0 has no sign to flip. The order must not change what is drawn.
        double[] signed =
                Arrays.stream(differences).filter(d -> d != 0).sorted().toArray();
        double size = Arrays.stream(signed).map(Math::abs).sum();
        double observed = Math.abs(Arrays.stream(signed).sum()) - ROUNDING * size;
        return signed.length <= EXACT ? exact(signed, observed) : drawn(signed, observed, new SplittableRandom(seed));
    }

    private static double exact(double[] signed, double observed) {
        int assignments = 1 << signed.length;
        int asFar = 0;
        for (int signs = 0; signs < assignments; signs++) {
            double sum = 0;
            for (int i = 0; i < signed.length; i++) {
                sum += (signs >> i & 1) == 0 ? signed[i] : -signed[i];
            }
            asFar += Math.abs(sum) >= observed ? 1 : 0;
        }
        return (double) asFar / assignments;
    }

    /** The observed assignment counts as one of those drawn, so that p is never 0 (Phipson and Smyth 2010). */
    private static double drawn(double[] signed, double observed, SplittableRandom random) {
        int asFar = 1;
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            long signs = 0;
            for (int i = 0; i < signed.length; i++) {
                signs = i % Long.SIZE == 0 ? random.nextLong() : signs >>> 1;
                sum += (signs & 1) == 0 ? signed[i] : -signed[i];
            }
            asFar += Math.abs(sum) >= observed ? 1 : 0;
        }
        return (double) asFar / (DRAWS + 1);
    }
}
