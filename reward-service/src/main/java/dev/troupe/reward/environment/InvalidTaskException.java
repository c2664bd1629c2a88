package dev.troupe.reward.environment;

/** A task that the environment cannot play; the message tells its author what to change. */
public final class InvalidTaskException extends Exception {

    private static final long serialVersionUID = 1;

    public InvalidTaskException(String message) {
        super(message);
    }
}
