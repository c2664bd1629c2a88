package dev.troupe.runtime.artifact;

import dev.troupe.schemas.avro.ArtifactFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Directories of files (checkpoints), published under the digest of their content: {@code <root>/<name>/<digest>/}.
 *
 * <p>A directory appears whole or not at all. The same name and content always give the same address, so publishing
 * again is harmless. Reading verifies every byte against the record that announced it. Safe for use by many threads and
 * processes.
 */
public interface ArtifactStore extends AutoCloseable {

    /** The store that the settings ask for; the caller closes it. */
    static ArtifactStore of(ArtifactOptions options) {
        return switch (options) {
            case ArtifactOptions.Folder(Path root) -> new FileArtifacts(root);
            case ArtifactOptions.S3 s3 -> new S3Artifacts(s3);
        };
    }

    /**
     * Copies a directory into the store.
     *
     * @param source directory of regular files, at any depth; links are refused
     * @param name of what it is (a policy): letters, digits, dots, dashes, underscores
     * @throws ArtifactException when the source is empty or unsafe, or the store refuses or is away
     */
    Artifact publish(Path source, String name) throws ArtifactException;

    /**
     * The local directory behind an address, every file of it verified. Somebody may remove it later, be it a store
     * that prunes or a cache that is full: to load from it, {@link #open} it.
     *
     * @param uri where the record says it is
     * @param files what the record says is in it
     * @throws ArtifactException with the reason and the file that is wrong
     */
    Path fetch(String uri, List<ArtifactFile> files) throws ArtifactException;

    /** As {@link #fetch}, and no cache gives up the directory before it is closed. */
    OpenArtifact open(String uri, List<ArtifactFile> files) throws ArtifactException;

    /** The address that all artifacts of the store lie below; ends with a slash. */
    URI root();

    /**
     * Notes that an artifact is published and that no record names it yet, so that it can be told from those that
     * others need if its publisher dies.
     */
    void markPending(String uri) throws ArtifactException;

    /** Takes the note away, as a record names the artifact. */
    void clearPending(String uri) throws ArtifactException;

    /**
     * Artifacts that no record may ever name: those that were marked, and those that were not published to the end.
     *
     * @param name as they were published under
     */
    List<PendingArtifact> pending(String name) throws ArtifactException;

    /**
     * Removes an artifact and its mark; one that is not there is as good as removed.
     *
     * @throws ArtifactException when the address is not one of this store, or it cannot be removed now
     */
    void remove(String uri) throws ArtifactException;

    /** Ends connections; artifacts that are open stay so. */
    @Override
    void close();
}
