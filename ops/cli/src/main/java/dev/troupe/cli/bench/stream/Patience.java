package dev.troupe.cli.bench.stream;

import java.time.Duration;

/** Ends a loop that waits for a count to reach a target, when it has not moved for too long. */
final class Patience {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final String what;
    private final long target;
    private long last = -1;
    private long lastMove = System.nanoTime();

    Patience(String what, long target) {
        this.what = what;
        this.target = target;
    }

    /**
     * Whether the target is not reached yet.
     *
     * @throws StalledException when the count has not changed for a minute
     */
    boolean waits(long done) throws StalledException {
        if (done >= target) {
            return false;
        }
        long now = System.nanoTime();
        if (done != last) {
            last = done;
            lastMove = now;
        } else if (now - lastMove > LONGEST.toNanos()) {
            throw new StalledException(what, done, target, LONGEST);
        }
        return true;
    }
}
