package dev.troupe.runtime.kafka;

import java.time.Duration;

/** The work cannot be done now, and it is not the record's fault. */
public final class RetryLaterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration delay;

    /** @param delay before the next try */
    public RetryLaterException(String message, Duration delay) {
        super(message);
        this.delay = delay;
    }

    public RetryLaterException(String message, Duration delay, Throwable cause) {
        super(message, cause);
        this.delay = delay;
    }

    public Duration delay() {
        return delay;
    }
}
