package dev.troupe.reward.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows when a stream thread dies: another one takes over from the last commit, up to a limit. What
 * keeps failing is not cured by more threads, so then the client stops and the service reports that it is not live.
 */
final class StreamsGuard implements StreamsUncaughtExceptionHandler, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(StreamsGuard.class);

    static final int LIMIT = 10;
    static final Duration WINDOW = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final Duration pause;
    private final CountDownLatch closed = new CountDownLatch(1);
    // guarded by this
    private final Deque<Instant> failures = new ArrayDeque<>();

    /** @param pause before a thread is replaced */
    StreamsGuard(InstantSource clock, Duration pause) {
        this.clock = clock;
        this.pause = pause;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable exception) {
        int recent = note(clock.instant());
        boolean replace = recent <= LIMIT;
        LOGGER.atError()
                .setCause(exception)
                .addKeyValue("error", reason(exception))
                .addKeyValue("failures", recent)
                .addKeyValue("limit", LIMIT)
                .log(replace ? "stream thread failed, another takes over" : "stream threads keep failing, stopping");
        if (!replace) {
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        try {
            // The dying thread waits, so that a lasting fault does not spin.
            if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private synchronized int note(Instant now) {
        failures.addLast(now);
        while (failures.getFirst().isBefore(now.minus(WINDOW))) {
            failures.removeFirst();
        }
        return failures.size();
    }

    private static String reason(Throwable exception) {
        Throwable root = exception;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
