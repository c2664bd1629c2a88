package dev.troupe.cli.rescore;

import dev.troupe.reward.rescore.Rescore;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line every two seconds, so that a long run is seen to go on. */
final class RescoreProgress implements Rescore.Progress {

    private static final long INTERVAL = Duration.ofSeconds(2).toNanos();

    private final PrintWriter terminal;
    private final LongSupplier nanos;
    private long last;

    /** @param nanos as {@link System#nanoTime} */
    RescoreProgress(PrintWriter terminal, LongSupplier nanos) {
        this.terminal = terminal;
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    @Override
    public void at(int rejudged, double read) {
        long now = nanos.getAsLong();
        if (now - last >= INTERVAL) {
            last = now;
            terminal.println(String.format(
                    Locale.ROOT, "%,d episodes judged again, %.0f %% of the time read", rejudged, 100 * read));
            terminal.flush();
        }
    }
}
