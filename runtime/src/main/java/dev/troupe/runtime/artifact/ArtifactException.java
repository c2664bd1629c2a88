package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

/** An artifact cannot be published or must not be used; nothing of it has been handed out. */
public final class ArtifactException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong; the tag of metrics and the first word of refusals. */
    public enum Reason {
        /** The directory, or a file listed for it, is not there. */
        MISSING,
        /** A file is shorter or longer than the record says. */
        WRONG_SIZE,
        /** A file's bytes are not the ones that were published. */
        WRONG_DIGEST,
        /** The directory holds a file that the record does not list. */
        UNLISTED_FILE,
        /** A name leads out of the directory, or is a link or a device. */
        UNSAFE_NAME,
        /** The address is not one that this store can read. */
        UNSUPPORTED_URI,
        /** The file system or the store refused. */
        UNREADABLE,
        /** The store does not answer, or not now; the same call may succeed later. */
        UNREACHABLE,
        /** The store knows no such credentials, or they do not allow it. */
        DENIED
    }

    private final Reason reason;

    public ArtifactException(Reason reason, String message) {
        super(message);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public ArtifactException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Reason reason() {
        return reason;
    }

    /** Whether the store does not answer or denies access, which says nothing of any artifact. */
    public boolean isAway() {
        return reason == Reason.UNREACHABLE || reason == Reason.DENIED;
    }
}
