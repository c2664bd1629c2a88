package dev.troupe.runtime.artifact;

import dev.troupe.runtime.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads {@code artifacts.s3.*} and {@code artifacts.cache.*}. */
final class S3Settings {
    private static final long CACHE_BYTES = 10L << 30;

    /** What servers other than Amazon's take where they have no regions. */
    private static final String ANY_REGION = "us-east-1";

    private S3Settings() {}

    /** All keys are read even where another store is used, so that none of them is unknown. */
    static Optional<ArtifactOptions.S3> read(Settings settings, Path directory, boolean used) {
        long cacheBytes = settings.size("artifacts.cache.max.bytes", CACHE_BYTES);
        String bucket = settings.text("artifacts.s3.bucket", "").strip();
        String prefix = settings.text("artifacts.s3.prefix", "").strip();
        S3Server server = server(settings);
        Optional<S3Keys> keys = keys(settings);
        if (!used) {
            return Optional.empty();
        }
        if (cacheBytes < 1) {
            settings.problem("artifacts.cache.max.bytes", "must be 1B or more");
        }
        if (bucket.isEmpty()) {
            settings.problem("artifacts.s3.bucket", "is missing; artifacts.store is s3");
            return Optional.empty();
        }
        try {
            var location = new S3Location(bucket, prefix);
            return Optional.of(new ArtifactOptions.S3(directory, Math.max(cacheBytes, 1), location, server, keys));
        } catch (IllegalArgumentException e) {
            settings.problem("artifacts.s3.bucket or artifacts.s3.prefix", "cannot be used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static S3Server server(Settings settings) {
        Optional<URI> endpoint = endpoint(settings);
        String region = settings.text("artifacts.s3.region", endpoint.isPresent() ? ANY_REGION : "")
                .strip();
        boolean pathStyle = settings.flag("artifacts.s3.path.style", endpoint.isPresent());
        return new S3Server(endpoint, region.isEmpty() ? Optional.empty() : Optional.of(region), pathStyle);
    }

    private static Optional<URI> endpoint(Settings settings) {
        String text = settings.text("artifacts.s3.endpoint", "").strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var endpoint = new URI(text);
            if (endpoint.getHost() != null
                    && ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))) {
                return Optional.of(endpoint);
            }
        } catch (URISyntaxException _) {
            // Reported below, as all that is no such address.
        }
        settings.problem("artifacts.s3.endpoint", "'%s' is not like http://localhost:8333".formatted(text));
        return Optional.empty();
    }

    private static Optional<S3Keys> keys(Settings settings) {
        String access = settings.text("artifacts.s3.access.key", "").strip();
        String secret = settings.text("artifacts.s3.secret.key", "").strip();
        if (access.isEmpty() != secret.isEmpty()) {
            settings.problem(
                    access.isEmpty() ? "artifacts.s3.access.key" : "artifacts.s3.secret.key",
                    "is missing; give both keys, or none to let the SDK find credentials");
            return Optional.empty();
        }
        return access.isEmpty() ? Optional.empty() : Optional.of(new S3Keys(access, secret));
    }
}
