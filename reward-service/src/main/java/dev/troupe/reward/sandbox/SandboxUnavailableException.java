package dev.troupe.reward.sandbox;

/** The sandbox cannot be started, or does not keep a program in: nothing may be run in it. */
public final class SandboxUnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    public SandboxUnavailableException(String message) {
        super(message);
    }

    public SandboxUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
