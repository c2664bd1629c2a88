package dev.troupe.cli.score;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line every two seconds, so that a long run is seen to go on; beside the results, which may go to a pipe. */
final class ScoreProgress {

    private static final long INTERVAL = Duration.ofSeconds(2).toNanos();

    private final PrintWriter terminal;
    private final long size;
    private final LongSupplier nanos;
    private long last;

    /**
     * @param size of the file, bytes
     * @param nanos as {@link System#nanoTime}
     */
    ScoreProgress(PrintWriter terminal, long size, LongSupplier nanos) {
        this.terminal = terminal;
        this.size = size;
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    void at(long lines, long bytesRead) {
        long now = nanos.getAsLong();
        if (now - last >= INTERVAL) {
            last = now;
            terminal.println(String.format(
                    Locale.ROOT,
                    "%,d lines scored, %.0f %% of the file read",
                    lines,
                    100.0 * Math.min(bytesRead, size) / Math.max(1, size)));
            terminal.flush();
        }
    }
}
