package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * The verified files of an artifact, for as long as somebody loads from them.
 *
 * @param directory that holds them
 * @param release gives the directory up
 */
public record OpenArtifact(Path directory, Runnable release) implements AutoCloseable {
    public OpenArtifact {
        requireNonNull(directory, "directory is null");
        requireNonNull(release, "release is null");
    }

    @Override
    public void close() {
        release.run();
    }
}
