package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.DENIED;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREACHABLE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREADABLE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_DIGEST;

import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the SDK's exceptions mean, and what to do about them. */
final class S3Faults {
    private S3Faults() {}

    /** @param doing such as {@code read s3://bucket/key} */
    static ArtifactException of(String doing, SdkException e) {
        Fault fault = e instanceof S3Exception answer ? answered(answer) : unanswered(e);
        return new ArtifactException(fault.reason(), "cannot %s: %s. %s".formatted(doing, text(e), fault.advice()), e);
    }

    private record Fault(ArtifactException.Reason reason, String advice) {}

    private static Fault answered(S3Exception e) {
        String code = code(e);
        int status = e.statusCode();
        if (code.equals("NoSuchBucket")) {
            return new Fault(UNREACHABLE, "Create the bucket, or correct artifacts.s3.bucket or artifacts.s3.endpoint");
        }
        if (code.equals("BadDigest") || code.equals("XAmzContentChecksumMismatch")) {
            return new Fault(WRONG_DIGEST, "The file was changed while it was published: publish it again");
        }
        if (status == 301 || code.equals("AuthorizationHeaderMalformed")) {
            return new Fault(DENIED, "Set artifacts.s3.region to the region of the bucket");
        }
        if (status == 401 || status == 403) {
            return new Fault(
                    DENIED,
                    "Check artifacts.s3.access.key and artifacts.s3.secret.key, or what the SDK finds in their stead,"
                            + " that they may list, get, put and delete objects in the bucket, and the clock");
        }
        if (status == 404) {
            return new Fault(MISSING, "It was removed, or it was never published to the end");
        }
        if (status == 501) {
            return new Fault(
                    UNREADABLE, "The store must take x-amz-checksum-sha256, or ignore headers it does not know");
        }
        if (status == 429 || status >= 500) {
            return new Fault(UNREACHABLE, "The store is overloaded or broken; the same call may succeed later");
        }
        return new Fault(UNREADABLE, "The store does not take this request");
    }

    private static Fault unanswered(SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UncheckedIOException) {
                return new Fault(UNREADABLE, "Look after the file system of artifacts.dir");
            }
            if (String.valueOf(cause.getMessage()).contains("Unable to load credentials")) {
                return new Fault(
                        DENIED,
                        "Give artifacts.s3.access.key and artifacts.s3.secret.key, or credentials where the SDK looks"
                                + " for them (environment, profile, container, instance)");
            }
        }
        return new Fault(
                UNREACHABLE, "Is artifacts.s3.endpoint right, and the store running? The same call may succeed later");
    }

    private static String text(SdkException e) {
        if (e instanceof S3Exception answer) {
            return "HTTP %d %s".formatted(answer.statusCode(), answer.getMessage());
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return e.getCause() == null ? String.valueOf(e.getMessage()) : root.toString();
    }

    /** Empty where the answer has no body, as with HEAD. */
    private static String code(S3Exception e) {
        @Nullable
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }
}
