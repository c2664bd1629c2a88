package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How programs are kept in.
 *
 * @param kind which sandbox
 * @param deadline wall-clock time a program, its calls and its script may take together
 * @param startup wall-clock time a child may take to be ready
 * @param heapBytes heap of the child JVM with GraalPy; the interpreter itself needs about 128 MiB of it
 * @param bounds what a run may take with bubblewrap
 * @param python the CPython that bubblewrap runs; empty for the one of the system
 * @param cgroup a cgroup (version 2) that this process may make others in; empty for its own
 */
public record SandboxOptions(
        SandboxKind kind,
        Duration deadline,
        Duration startup,
        long heapBytes,
        Bounds bounds,
        Optional<Path> python,
        Optional<Path> cgroup) {

    private static final long SMALLEST_HEAP = 160L << 20;

    public SandboxOptions {
        requireNonNull(kind, "kind is null");
        requireNonNull(bounds, "bounds is null");
        requireNonNull(python, "python is null");
        requireNonNull(cgroup, "cgroup is null");
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

    /** The best sandbox there is, 2 s, a minute to start, 320 MiB of heap, {@link Bounds#defaults()}. */
    public static SandboxOptions defaults() {
        return new SandboxOptions(
                SandboxKind.AUTO,
                Duration.ofSeconds(2),
                Duration.ofMinutes(1),
                320L << 20,
                Bounds.defaults(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same with another deadline, and as much processor time and a second more. */
    public SandboxOptions within(Duration other) {
        return new SandboxOptions(
                kind, other, startup, heapBytes, bounds.withCpu(other.plusSeconds(1)), python, cgroup);
    }

    /** The same for another sandbox. */
    public SandboxOptions with(SandboxKind other) {
        return new SandboxOptions(other, deadline, startup, heapBytes, bounds, python, cgroup);
    }
}
