package dev.troupe.agent.openai;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/** One server, and how it has been doing. Not thread-safe: the pool's lock guards it. */
final class Replica {
    /** One failure alone is the request's bad luck. */
    private static final int FAILURES_TO_LEAVE_OUT = 2;

    private static final int MOST_DOUBLINGS = 5;

    private final URI base;
    private int running;
    private int failures;
    private Instant pausedUntil = Instant.MIN;
    private String lastFault = "";

    Replica(URI base) {
        this.base = requireNonNull(base, "base is null");
    }

    /** Host and port; tags metrics. */
    String name() {
        return base.getPort() < 0 ? base.getHost() : base.getHost() + ":" + base.getPort();
    }

    URI at(String path) {
        return URI.create(base + path);
    }

    int running() {
        return running;
    }

    Instant pausedUntil() {
        return pausedUntil;
    }

    boolean leftOut() {
        return failures >= FAILURES_TO_LEAVE_OUT;
    }

    /** Whether it may be asked now; one that is left out is tried with one request when its time is over. */
    boolean usable(Instant now, int concurrency) {
        return running < (leftOut() ? 1 : concurrency) && !now.isBefore(pausedUntil);
    }

    void take() {
        running++;
    }

    void end() {
        running--;
    }

    void succeeded() {
        failures = 0;
        lastFault = "";
    }

    void failed(ServerException e, Instant now, Duration leaveOut) {
        if (e.fault().unhealthy()) {
            failures++;
            lastFault = String.valueOf(e.getMessage());
            if (leftOut()) {
                int doublings = Math.min(failures - FAILURES_TO_LEAVE_OUT, MOST_DOUBLINGS);
                pause(now.plus(leaveOut.multipliedBy(1L << doublings)));
            }
        }
        e.retryAfter().ifPresent(wait -> pause(now.plus(wait)));
    }

    void pause(Instant until) {
        pausedUntil = until.isAfter(pausedUntil) ? until : pausedUntil;
    }

    String describe(Instant now) {
        if (leftOut()) {
            return "%s is left out until %s after %d failures, the last %s"
                    .formatted(name(), pausedUntil, failures, lastFault);
        }
        return now.isBefore(pausedUntil)
                ? "%s asked to be left alone until %s".formatted(name(), pausedUntil)
                : "%s is busy with %d requests".formatted(name(), running);
    }
}
