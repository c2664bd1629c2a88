package dev.troupe.policy;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint, tokenizer or tensor file that cannot be used; the message names the file, the value and the fix. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    /** What kind of thing is wrong. */
    public enum Reason {
        MISSING_FILE,
        TRUNCATED,
        CORRUPT_HEADER,
        TOO_LARGE,
        UNSUPPORTED,
        BAD_CONFIG,
        BAD_TOKENIZER,
        MISSING_TENSOR,
        UNEXPECTED_TENSOR,
        SHAPE_MISMATCH,
        BAD_VALUE
    }

    private final Reason reason;

    CheckpointException(Reason reason, Path file, String problem) {
        super(file + ": " + problem);
        this.reason = reason;
    }

    CheckpointException(Reason reason, Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
