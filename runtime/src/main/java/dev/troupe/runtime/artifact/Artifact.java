package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import java.util.List;

/**
 * A published directory.
 *
 * @param uri where it is
 * @param files every file in it, sorted by name, with its SHA-256 (hex) and size in bytes
 */
public record Artifact(String uri, List<ArtifactFile> files) {
    public Artifact {
        requireNonNull(uri, "uri is null");
        files = List.copyOf(files);
        if (files.isEmpty()) {
            throw new IllegalArgumentException("artifact " + uri + " has no files");
        }
    }
}
