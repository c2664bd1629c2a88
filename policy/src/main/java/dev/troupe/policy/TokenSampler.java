package dev.troupe.policy;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws one sequence's tokens from softmax rows, by inverse CDF with the sequence's own random numbers. */
final class TokenSampler {
    private final SamplingParams params;
    private final SplittableRandom random;

    TokenSampler(SamplingParams params, long seed) {
        this.params = params;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Draws from {@code vocab} probabilities that start at {@code from}; exactly one random number a call, or none when
     * greedy.
     */
    int draw(float[] probabilities, int from, int vocab) {
        if (params.isGreedy()) {
            return argMax(probabilities, from, vocab);
        }
        double uniform = random.nextDouble();
        return params.truncates()
                ? drawTruncated(probabilities, from, vocab, uniform)
                : invert(probabilities, from, vocab, uniform);
    }

    private static int argMax(float[] probabilities, int from, int vocab) {
        int best = 0;
        for (int i = 1; i < vocab; i++) {
            if (probabilities[from + i] > probabilities[from + best]) {
                best = i;
            }
        }
        return best;
    }

    private static int invert(float[] probabilities, int from, int vocab, double uniform) {
        double cumulative = 0;
        int last = 0;
        for (int i = 0; i < vocab; i++) {
            float probability = probabilities[from + i];
            if (probability > 0) {
                last = i;
                cumulative += probability;
                if (cumulative > uniform) {
                    return i;
                }
            }
        }
        // Rounding left the sum just below the drawn number.
        return last;
    }

    /** Top-k first, then top-p of what is left, as transformers orders its warpers. */
    private int drawTruncated(float[] probabilities, int from, int vocab, double uniform) {
        long[] order = mostLikelyFirst(probabilities, from, vocab);
        int kept = params.topK() > 0 ? Math.min(params.topK(), vocab) : vocab;
        double mass = 0;
        for (int i = 0; i < kept; i++) {
            mass += probabilities[from + (int) order[i]];
        }
        double target = params.topP() * mass;
        double nucleus = 0;
        int size = 0;
        while (size < kept && (size == 0 || nucleus < target)) {
            nucleus += probabilities[from + (int) order[size++]];
        }
        double cumulative = 0;
        for (int i = 0; i < size; i++) {
            cumulative += probabilities[from + (int) order[i]];
            if (cumulative > uniform * nucleus) {
                return (int) order[i];
            }
        }
        return (int) order[size - 1];
    }

    /** Token ids by falling probability; ties by id. Bits of non-negative floats sort like the floats. */
    private static long[] mostLikelyFirst(float[] probabilities, int from, int vocab) {
        long[] keys = new long[vocab];
        for (int i = 0; i < vocab; i++) {
            keys[i] = ((long) ~Float.floatToIntBits(probabilities[from + i]) << 32) | i;
        }
        Arrays.sort(keys);
        for (int i = 0; i < vocab; i++) {
            keys[i] &= 0xffff_ffffL;
        }
        return keys;
    }
}
