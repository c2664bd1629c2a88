package dev.troupe.schemas;

/** A record's bytes are not what its topic's schema says; the message tells what is wrong, where, and the value. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
