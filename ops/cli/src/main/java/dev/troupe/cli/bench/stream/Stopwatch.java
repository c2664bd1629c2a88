package dev.troupe.cli.bench.stream;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/** Wall-clock and processor time since it was started; of the process, and of the threads named after a part of it. */
final class Stopwatch {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final String part;
    private final long wall = System.nanoTime();
    private final long process = processNanos();
    private final long own;

    /** @param part all threads count whose name contains it; they must live as long as the measurement */
    Stopwatch(String part) {
        this.part = part;
        this.own = ownNanos();
    }

    Sample stop(long records, long episodes) {
        return new Sample(
                records,
                episodes,
                (System.nanoTime() - wall) / 1e9,
                (ownNanos() - own) / 1e9,
                (processNanos() - process) / 1e9);
    }

    private static long processNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private long ownNanos() {
        long sum = 0;
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains(part)) {
                sum += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return sum;
    }
}
