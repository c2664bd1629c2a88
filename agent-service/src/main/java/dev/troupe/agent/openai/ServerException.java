package dev.troupe.agent.openai;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/** A server did not do what it was asked to. */
final class ServerException extends Exception {
    private static final long serialVersionUID = 1;

    /** What went wrong; tags the metric. */
    enum Fault {
        /** No connection, or a proxy that has none: 502, 503, 504. */
        UNREACHABLE(true, true),
        /** It did not begin, or not go on, in time. */
        TIMED_OUT(true, true),
        /** The connection ended before the answer did. */
        BROKEN_OFF(true, true),
        /** 429. */
        BUSY(true, false),
        /** 5xx, or an error within a stream. */
        UNAVAILABLE(true, true),
        /** 404: it does not serve the model, for instance because it has restarted without the adapter. */
        UNKNOWN_MODEL(true, false),
        /** 401 or 403. */
        UNAUTHORIZED(true, true),
        /** The answer is not what the API says. */
        UNREADABLE(true, true),
        /** Another 4xx: the same request would be rejected again. */
        REJECTED(false, false);

        private final boolean retryable;
        private final boolean unhealthy;

        Fault(boolean retryable, boolean unhealthy) {
            this.retryable = retryable;
            this.unhealthy = unhealthy;
        }

        /** Whether another try, here or elsewhere, may succeed. */
        boolean retryable() {
            return retryable;
        }

        /** Whether it says something about the server rather than the request. */
        boolean unhealthy() {
            return unhealthy;
        }
    }

    private final Fault fault;
    private final transient Optional<Duration> retryAfter;

    ServerException(Fault fault, String message) {
        this(fault, message, Optional.empty());
    }

    /** @param retryAfter how long the server asked to be left alone */
    ServerException(Fault fault, String message, Optional<Duration> retryAfter) {
        super(fault + ": " + message);
        this.fault = requireNonNull(fault, "fault is null");
        this.retryAfter = retryAfter;
    }

    ServerException(Fault fault, String message, Throwable cause) {
        super(fault + ": " + message, cause);
        this.fault = requireNonNull(fault, "fault is null");
        this.retryAfter = Optional.empty();
    }

    Fault fault() {
        return fault;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
