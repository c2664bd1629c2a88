package dev.troupe.local;

import org.jspecify.annotations.Nullable;

/** Local mode could not start; the message says what a person can do about it. */
public final class LocalModeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why it did not start. */
    public enum Reason {
        PORT_IN_USE,
        DIRECTORY_IN_USE,
        DIRECTORY_UNUSABLE,
        BROKER_FAILED,
        REGISTRY_FAILED
    }

    private final Reason reason;

    LocalModeException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
