package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSUPPORTED_URI;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * Where a store lies.
 *
 * @param bucket that holds it
 * @param prefix of all its keys: empty, or ends with a slash
 */
public record S3Location(String bucket, String prefix) {
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*/)*");

    public S3Location {
        prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException("'" + bucket + "' cannot name a bucket");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("prefix '" + prefix + "' is not like team/models");
        }
    }

    URI root() {
        return URI.create("s3://" + bucket + "/" + prefix);
    }

    /** The key that all artifacts of a name begin with. */
    String home(String name) {
        return prefix + name + "/";
    }

    S3Keyed keyed(String name, String digest) {
        return new S3Keyed(home(name), digest);
    }

    String uri(S3Keyed artifact) {
        return "s3://" + bucket + "/" + artifact.directory();
    }

    /**
     * Reads an address; a record must not make its reader read from anywhere.
     *
     * @throws ArtifactException when it is not one of an artifact in this store
     */
    S3Keyed locate(String uri) throws ArtifactException {
        String root = root().toString();
        if (uri.startsWith(root)) {
            String[] parts = uri.substring(root.length()).split("/", -1);
            boolean closed = parts.length == 3 && parts[2].isEmpty();
            if ((parts.length == 2 || closed) && ArtifactNames.isName(parts[0]) && ArtifactNames.isDigest(parts[1])) {
                return keyed(parts[0], parts[1]);
            }
        }
        throw new ArtifactException(
                UNSUPPORTED_URI,
                ("'%s' is not the address of an artifact in %s, the only place that this process reads. If it was"
                                + " published elsewhere, set artifacts.store, artifacts.s3.bucket and"
                                + " artifacts.s3.prefix as they were then, or publish it again")
                        .formatted(uri, root));
    }
}
