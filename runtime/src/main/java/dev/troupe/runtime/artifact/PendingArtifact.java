package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * An artifact that no record names, as far as the store knows.
 *
 * @param uri where it is
 * @param since when it was marked, or when the last of its files was written
 */
public record PendingArtifact(String uri, Instant since) {
    public PendingArtifact {
        requireNonNull(uri, "uri is null");
        requireNonNull(since, "since is null");
    }
}
