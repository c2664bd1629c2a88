package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREADABLE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSAFE_NAME;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSUPPORTED_URI;
import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of files (checkpoints), published under the digest of their content: {@code <root>/<name>/<digest>}.
 *
 * <p>A directory appears whole or not at all: it is written beside its place, forced to disk and renamed. The same name
 * and content always give the same address, so publishing again is harmless. Reading verifies every byte against the
 * record that announced it. Only {@code file:} addresses are known; a shared file system makes it a store for several
 * machines. Safe for use by many threads and processes.
 */
public final class ArtifactStore {

    private static final Logger LOGGER = LoggerFactory.getLogger(ArtifactStore.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final String TEMPORARY = ".tmp-";

    /** A temporary directory this old was left by a process that died. */
    private static final Duration ABANDONED = Duration.ofHours(6);

    private final Path root;
    private final InstantSource clock;

    public ArtifactStore(Path root) {
        this(root, InstantSource.system());
    }

    ArtifactStore(Path root, InstantSource clock) {
        this.root = root.toAbsolutePath().normalize();
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Copies a directory into the store.
     *
     * @param source directory of regular files, at any depth; links are refused
     * @param name of what it is (a policy): letters, digits, dots, dashes, underscores
     * @throws ArtifactException when the source is empty or unsafe, or the file system refuses
     */
    public Artifact publish(Path source, String name) throws ArtifactException {
        if (!NAME.matcher(name).matches()) {
            throw new ArtifactException(UNSAFE_NAME, "'" + name + "' cannot name an artifact");
        }
        Path home = root.resolve(name);
        Path temporary = home.resolve(TEMPORARY + UUID.randomUUID());
        try {
            Files.createDirectories(home);
            sweep(home);
            List<ArtifactFile> files = FileTree.copy(source, temporary);
            Path target = home.resolve(FileTree.digest(files));
            place(temporary, target, files);
            return new Artifact(target.toUri().toString(), files);
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot publish " + source + " as " + name + ": " + e, e);
        } finally {
            FileTree.deleteQuietly(temporary);
        }
    }

    /**
     * The local directory behind an address, every file of it verified.
     *
     * @param uri where the record says it is
     * @param files what the record says is in it
     * @throws ArtifactException with the reason and the file that is wrong
     */
    public Path fetch(String uri, List<ArtifactFile> files) throws ArtifactException {
        Path directory = locate(uri);
        if (files.isEmpty()) {
            throw new ArtifactException(MISSING, "the record of " + uri + " lists no files");
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new ArtifactException(MISSING, "there is no artifact at " + uri);
        }
        try {
            FileTree.verify(directory, files);
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot read " + uri + ": " + e, e);
        }
        return directory;
    }

    private static Path locate(String uri) throws ArtifactException {
        try {
            var parsed = new URI(uri);
            if (!"file".equals(parsed.getScheme())) {
                throw new ArtifactException(
                        UNSUPPORTED_URI, "'" + uri + "' is not a file: address, the only kind this store reads");
            }
            return Path.of(parsed);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new ArtifactException(UNSUPPORTED_URI, "'" + uri + "' is not an address: " + e.getMessage(), e);
        }
    }

    private static void place(Path temporary, Path target, List<ArtifactFile> files)
            throws IOException, ArtifactException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                force(requireNonNull(target.getParent()));
                return;
            } catch (AtomicMoveNotSupportedException e) {
                throw e;
            } catch (IOException e) {
                // Another publisher of the same content may have been faster; anything else is a failure.
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
            }
        }
        FileTree.verify(target, files);
    }

    private void sweep(Path home) throws IOException {
        FileTime limit = FileTime.from(clock.instant().minus(ABANDONED));
        try (var entries = Files.newDirectoryStream(home, TEMPORARY + "*")) {
            for (Path entry : entries) {
                if (Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).compareTo(limit) < 0) {
                    LOGGER.atInfo().addKeyValue("directory", entry).log("removing an abandoned temporary directory");
                    FileTree.deleteQuietly(entry);
                }
            }
        }
    }

    /** Makes a rename durable; some file systems cannot, and then the rename alone has to do. */
    private static void force(Path directory) {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOGGER.atDebug().addKeyValue("directory", directory).log("the file system does not sync directories");
        }
    }
}
