package dev.troupe.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

/** Training cannot be taken up again without a person's decision; the message says which there are. */
public final class ResumeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** The committed offsets are not where the newest checkpoint ends. */
        OFFSETS_RESET,
        /** Nothing says which policy training began with. */
        INITIAL_UNKNOWN
    }

    private final Reason reason;

    public ResumeException(Reason reason, String message) {
        super(reason + ": " + message);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Reason reason() {
        return reason;
    }
}
