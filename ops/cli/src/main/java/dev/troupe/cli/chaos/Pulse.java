package dev.troupe.cli.chaos;

import java.time.Duration;

/** The episodes as they come: how many, and how long there was none. Safe for use by many threads. */
final class Pulse {

    // guarded by this
    private long episodes;
    // guarded by this; nanoseconds
    private long lastAt = System.nanoTime();
    // guarded by this
    private Duration longest = Duration.ZERO;

    synchronized void beat() {
        long now = System.nanoTime();
        episodes++;
        Duration silence = Duration.ofNanos(now - lastAt);
        if (episodes > 1 && silence.compareTo(longest) > 0) {
            longest = silence;
        }
        lastAt = now;
    }

    synchronized long episodes() {
        return episodes;
    }

    /** The longest time between two episodes. */
    synchronized Duration longestSilence() {
        return longest;
    }
}
