package dev.troupe.agent.decode;

/** A turn's deadline passed before its completion was drawn: nobody wants it any more. */
public final class DeadlinePassedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DeadlinePassedException() {
        super("the deadline passed before the completion was drawn", null, false, false);
    }
}
