package dev.troupe.cli.chaos;

import java.time.Duration;

/**
 * The episodes as they come: how many, and how long there was none although there was work. Safe for use by many
 * threads.
 */
final class Pulse {

    // guarded by this
    private long expected;
    // guarded by this
    private long episodes;
    // guarded by this; nanoseconds, of the last episode or of the feeding that ended a rest
    private long lastAt = System.nanoTime();
    // guarded by this
    private Duration longest = Duration.ZERO;

    /** So many more episodes are to come. */
    synchronized void expect(int more) {
        if (open() == 0) {
            lastAt = System.nanoTime();
        }
        expected += more;
    }

    synchronized void beat() {
        long now = System.nanoTime();
        episodes++;
        Duration silence = Duration.ofNanos(now - lastAt);
        if (silence.compareTo(longest) > 0) {
            longest = silence;
        }
        lastAt = now;
    }

    synchronized long episodes() {
        return episodes;
    }

    /** Episodes that are still to come. */
    synchronized long open() {
        return Math.max(0, expected - episodes);
    }

    /** The longest time between two episodes while there was work. */
    synchronized Duration longestSilence() {
        return longest;
    }
}
