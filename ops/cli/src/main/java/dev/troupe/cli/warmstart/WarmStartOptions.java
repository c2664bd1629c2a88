package dev.troupe.cli.warmstart;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * How the reference policy is made.
 *
 * @param out where the Hugging Face directory goes
 * @param seed of the demonstrations and the first weights; the same seed gives the same policy
 * @param steps optimizer steps
 * @param batchSize demonstrations a step
 * @param learningRate at its peak; it warms up over 50 steps and falls along a cosine
 * @param vocabSize most tokens the tokenizer may have
 * @param leastSolved share of exams a single author must solve, or the policy is refused
 */
record WarmStartOptions(
        Path out, long seed, int steps, int batchSize, double learningRate, int vocabSize, double leastSolved) {

    private static final int WARM_UP = 50;
    private static final double FLOOR = 0.02;

    WarmStartOptions {
        requireNonNull(out, "out is null");
        requirePositive("steps", steps);
        requirePositive("batchSize", batchSize);
        requirePositive("vocabSize", vocabSize);
        if (!(learningRate > 0 && learningRate < 1)) {
            throw new IllegalArgumentException("learningRate must be in (0, 1): " + learningRate);
        }
        if (!(leastSolved >= 0 && leastSolved <= 1)) {
            throw new IllegalArgumentException("leastSolved must be in [0, 1]: " + leastSolved);
        }
    }

    /** The learning rate of a step, from 0. */
    double learningRateAt(int step) {
        double warmUp = Math.min(1, (step + 1.0) / WARM_UP);
        double cosine = 0.5 * (1 + Math.cos(Math.PI * step / steps));
        return learningRate * warmUp * (FLOOR + (1 - FLOOR) * cosine);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be 1 or more: " + value);
        }
    }
}
