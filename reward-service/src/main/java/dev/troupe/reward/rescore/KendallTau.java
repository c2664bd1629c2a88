package dev.troupe.reward.rescore;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How far two scorings of the same things rank them alike: 1 for the same order, -1 for the opposite one.
 *
 * <p>Tau-b, which allows for ties (M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945),
 * 239-251): {@code (C - D) / sqrt((n0 - n1) (n0 - n2))} with C pairs in the same order, D in opposite orders, {@code n0
 * = n (n - 1) / 2} pairs in all, n1 of them tied in the first scoring and n2 in the second.
 */
final class KendallTau {

    private KendallTau() {}

    /**
     * Tau-b of two scorings, by looking at every pair: a group has at most 64 episodes.
     *
     * @return empty when one of the scorings ties all, so that it ranks nothing
     */
    static OptionalDouble b(List<Double> first, List<Double> second) {
        int n = first.size();
        if (second.size() != n) {
            throw new IllegalArgumentException("%d scores and %d scores".formatted(n, second.size()));
        }
        long balance = 0;
        long firstApart = 0;
        long secondApart = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                int one = sign(first.get(i), first.get(j));
                int other = sign(second.get(i), second.get(j));
                balance += (long) one * other;
                firstApart += Math.abs(one);
                secondApart += Math.abs(other);
            }
        }
        return firstApart == 0 || secondApart == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(balance / Math.sqrt((double) firstApart * secondApart));
    }

    /** Unlike {@link Double#compare}, takes 0.0 and -0.0 for a tie. */
    private static int sign(double left, double right) {
        return left < right ? -1 : left > right ? 1 : 0;
    }
}
