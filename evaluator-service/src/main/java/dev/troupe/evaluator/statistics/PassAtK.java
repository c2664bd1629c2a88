package dev.troupe.evaluator.statistics;

/**
 * The chance that at least one of k samples passes, estimated without bias from more than k: {@code 1 - C(n-c, k) /
 * C(n, k)} (Chen et al. 2021, arXiv 2107.03374, equation 1).
 */
public final class PassAtK {

    private PassAtK() {}

    /**
     * The estimate, as a product of factors below 1, since the binomials overflow.
     *
     * @param samples n, drawn of one task
     * @param passed c, of them
     * @param k 1 to n
     */
    public static double of(int samples, int passed, int k) {
        if (passed < 0 || passed > samples || k < 1 || k > samples) {
            throw new IllegalArgumentException(
                    "pass@%d of %d samples, %d of them passed, is not defined".formatted(k, samples, passed));
        }
        if (samples - passed < k) {
            return 1;
        }
        double noneOfThem = 1;
        for (int i = samples - passed + 1; i <= samples; i++) {
            noneOfThem *= 1 - (double) k / i;
        }
        return 1 - noneOfThem;
    }
}
