package dev.troupe.agent.policy;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.artifact.ArtifactException;

/** A version cannot be served; the message says why, for the person who reads the activation record. */
public final class PolicyLoadException extends Exception {
    private static final long serialVersionUID = 1;

    /** What is wrong; tags the metric and starts the message. */
    public enum Reason {
        /** A file is missing, or is not the one that was published. */
        ARTIFACT,
        /** The artifact store does not answer or denies access; the same version may load later. */
        STORE,
        /** The files are as published, but no checkpoint that can be served. */
        CHECKPOINT,
        /** The probe failed or gave numbers that are not finite. */
        PROBE,
        /** The servers that are to sample it did not take it. */
        SERVERS,
        /** None of these servers answers; the version is tried again. */
        UNREACHABLE
    }

    private final Reason reason;

    public PolicyLoadException(Reason reason, String message, Throwable cause) {
        super(reason + ": " + message, cause);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public PolicyLoadException(Reason reason, String message) {
        super(reason + ": " + message);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Reason reason() {
        return reason;
    }

    /** What the artifact store says; a store that cannot give the files now says nothing about the version. */
    public static PolicyLoadException of(ArtifactException e) {
        Reason reason =
                switch (e.reason()) {
                    case UNREACHABLE, DENIED, UNREADABLE -> Reason.STORE;
                    case MISSING, WRONG_SIZE, WRONG_DIGEST, UNLISTED_FILE, UNSAFE_NAME, UNSUPPORTED_URI ->
                        Reason.ARTIFACT;
                };
        return new PolicyLoadException(reason, e.reason() + ": " + e.getMessage(), e);
    }

    /** Whether nothing was found to be wrong with the version, so that it is to be tried again. */
    boolean isPassing() {
        return reason == Reason.UNREACHABLE || reason == Reason.STORE;
    }
}
