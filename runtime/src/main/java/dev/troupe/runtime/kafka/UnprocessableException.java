package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

/** The record can never be worked on; it becomes a dead letter with this reason. */
public final class UnprocessableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DeadLetterReason reason;

    public UnprocessableException(DeadLetterReason reason, String message) {
        super(message);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public UnprocessableException(DeadLetterReason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public DeadLetterReason reason() {
        return reason;
    }
}
