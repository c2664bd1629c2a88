package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What one run may take, beside its time by the clock. GraalPy knows only the output; its heap is the child JVM's, and
 * processes and files are not to be had in it.
 *
 * @param cpu processor time of a process; counted in whole seconds, so rounded up to one
 * @param memoryBytes address space of a process, and memory of the whole run where a memory cgroup is at hand
 * @param processes processes and threads at a time, the interpreter included
 * @param outputBytes what may be printed, all streams together
 * @param diskBytes what the one writable directory holds
 */
public record Bounds(Duration cpu, long memoryBytes, int processes, long outputBytes, long diskBytes) {

    private static final long SMALLEST_MEMORY = 64L << 20;
    private static final long PAGE = 4096;

    public Bounds {
        requireNonNull(cpu, "cpu is null");
        if (cpu.isNegative() || cpu.isZero()) {
            throw new IllegalArgumentException("cpu is not positive: " + cpu);
        }
        if (memoryBytes < SMALLEST_MEMORY) {
            throw new IllegalArgumentException("memory of %d bytes is too small for the interpreter, take %d"
                    .formatted(memoryBytes, SMALLEST_MEMORY));
        }
        if (processes < 1) {
            throw new IllegalArgumentException("processes is not positive: " + processes);
        }
        if (outputBytes < 0) {
            throw new IllegalArgumentException("output is negative: " + outputBytes);
        }
        if (diskBytes < PAGE) {
            throw new IllegalArgumentException("disk is less than a page of %d bytes: %d".formatted(PAGE, diskBytes));
        }
    }

    /** 3 s of processor time, 512 MiB of memory, 16 processes, 1 MiB of output, 16 MiB of disk. */
    public static Bounds defaults() {
        return new Bounds(Duration.ofSeconds(3), 512L << 20, 16, 1 << 20, 16L << 20);
    }

    Bounds withCpu(Duration other) {
        return new Bounds(other, memoryBytes, processes, outputBytes, diskBytes);
    }

    long cpuSeconds() {
        return cpu.plusSeconds(1).minusNanos(1).toSeconds();
    }
}
