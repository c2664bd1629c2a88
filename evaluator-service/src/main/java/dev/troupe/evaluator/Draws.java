package dev.troupe.evaluator;

import java.util.ArrayList;
import java.util.List;

/**
 * What is drawn of each task.
 *
 * @param samples episodes
 * @param temperature at which all arms are sampled
 * @param ks of pass@k, each at most the samples
 */
record Draws(int samples, double temperature, List<Integer> ks) {

    Draws {
        ks = List.copyOf(ks);
        for (int k : ks) {
            if (k < 1 || k > samples) {
                throw new IllegalArgumentException(
                        "pass@%d needs at least %d samples, not %d".formatted(k, k, samples));
            }
        }
    }

    /** 1, 2, 4, and so on up to the samples. */
    static List<Integer> powersOfTwo(int samples) {
        var ks = new ArrayList<Integer>();
        for (int k = 1; k <= samples; k *= 2) {
            ks.add(k);
        }
        return ks;
    }
}
