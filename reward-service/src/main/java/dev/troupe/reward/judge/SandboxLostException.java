package dev.troupe.reward.judge;

/** This worker's sandbox cannot be used; the step is for another worker, or for later. */
final class SandboxLostException extends Exception {

    private static final long serialVersionUID = 1;

    SandboxLostException(String message) {
        super(message);
    }
}
