package dev.troupe.trainer.rollout;

/** A group record that must not train. */
final class UnusableGroupException extends Exception {
    private static final long serialVersionUID = 1;

    private final SkipReason reason;

    /** @param detail what is wrong and where, for people */
    UnusableGroupException(SkipReason reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    SkipReason reason() {
        return reason;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
