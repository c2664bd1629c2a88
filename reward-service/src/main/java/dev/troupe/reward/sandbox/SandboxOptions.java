package dev.troupe.reward.sandbox;

import java.time.Duration;

/**
 * Bounds of a sandbox.
 *
 * @param deadline wall-clock time a program and its calls may take together
 * @param heapBytes heap of the child JVM; the interpreter itself needs about 128 MiB of it
 * @param startup wall-clock time the child may take to be ready
 */
public record SandboxOptions(Duration deadline, long heapBytes, Duration startup) {

    private static final long SMALLEST_HEAP = 160L << 20;

    public SandboxOptions {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline is not positive: " + deadline);
        }
        if (startup.isNegative() || startup.isZero()) {
            throw new IllegalArgumentException("startup is not positive: " + startup);
        }
        if (heapBytes < SMALLEST_HEAP) {
            throw new IllegalArgumentException(
                    "heap of %d bytes is too small for the interpreter, take %d".formatted(heapBytes, SMALLEST_HEAP));
        }
    }

    /** 2 s, 320 MiB, a minute to start. */
    public static SandboxOptions defaults() {
        return new SandboxOptions(Duration.ofSeconds(2), 320L << 20, Duration.ofMinutes(1));
    }
}
