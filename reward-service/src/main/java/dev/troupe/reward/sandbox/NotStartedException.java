package dev.troupe.reward.sandbox;

/** A child could not be used before a program was started in it; the program has nothing to do with it. */
final class NotStartedException extends Exception {

    private static final long serialVersionUID = 1;

    NotStartedException(String message) {
        super(message);
    }

    NotStartedException(String message, Throwable cause) {
        super(message, cause);
    }
}
