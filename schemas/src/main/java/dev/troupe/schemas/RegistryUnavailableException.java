package dev.troupe.schemas;

/** The schema registry did not answer; the same call may go through later, and the record is not at fault. */
public final class RegistryUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
