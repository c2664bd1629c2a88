package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.time.Duration;

/** How fast this machine multiplies matrices with the engine of the policies: what no decoder can exceed. */
public final class MatmulCeiling {
    /** Large enough to be bound by arithmetic, small enough for the second-level cache to help. */
    private static final int SIDE = 1024;

    private MatmulCeiling() {}

    /**
     * Multiplies square fp32 matrices on the calling thread, with the engine's number of threads.
     *
     * @param atLeast how long to measure; other load on the machine only ever slows a product down, so the best counts
     * @return 10^9 floating-point operations a second, a multiplication and an addition counted as two
     */
    public static double gigaflops(Duration atLeast) {
        return gigaflops(SIDE, atLeast);
    }

    static double gigaflops(int side, Duration atLeast) {
        double operations = 2.0 * side * side * side;
        try (NDManager manager = Torch.newManager()) {
            NDArray left = manager.randomUniform(-1, 1, new Shape(side, side));
            NDArray right = manager.randomUniform(-1, 1, new Shape(side, side));
            left.matMul(right).close();
            long begin = System.nanoTime();
            long best = Long.MAX_VALUE;
            do {
                long start = System.nanoTime();
                left.matMul(right).close();
                best = Math.min(best, Math.max(1, System.nanoTime() - start));
            } while (System.nanoTime() - begin < atLeast.toNanos());
            return operations / best;
        }
    }
}
