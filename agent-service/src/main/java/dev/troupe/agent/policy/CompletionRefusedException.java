package dev.troupe.agent.policy;

/** A request cannot be completed as it must be, and trying again would not help; the message says why. */
public final class CompletionRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CompletionRefusedException(String message) {
        super(message);
    }
}
