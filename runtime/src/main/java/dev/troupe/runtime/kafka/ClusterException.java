package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

/** The cluster is not as a service needs it; the message says what is wrong and what to run. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Reason {
        BROKER_UNREACHABLE,
        TOPICS_MISSING,
        REGISTRY_UNREACHABLE,
        SCHEMAS_MISSING,
        SCHEMA_INCOMPATIBLE,
        NOT_PERMITTED,
        REFUSED,
        /** Reading does not get ahead. */
        STALLED
    }

    private final Reason reason;

    public ClusterException(Reason reason, String message) {
        super(message);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public ClusterException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Reason reason() {
        return reason;
    }
}
