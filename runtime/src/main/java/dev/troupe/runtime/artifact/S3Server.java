package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Optional;

/**
 * Who has the bucket.
 *
 * @param endpoint empty for Amazon's own
 * @param region empty where the SDK's own chain finds it
 * @param pathStyle whether the bucket is part of the path, not of the host
 */
public record S3Server(Optional<URI> endpoint, Optional<String> region, boolean pathStyle) {
    public S3Server {
        requireNonNull(endpoint, "endpoint is null");
        requireNonNull(region, "region is null");
    }
}
