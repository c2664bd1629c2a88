package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREADABLE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSUPPORTED_URI;
import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A store in a directory: {@code file:} addresses. What is published is written beside its place, forced to disk and
 * renamed. A shared file system makes it a store for several machines.
 */
public final class FileArtifacts implements ArtifactStore {

    private static final String MARK = ".pending-";

    private final Path root;
    private final InstantSource clock;

    public FileArtifacts(Path root) {
        this(root, InstantSource.system());
    }

    FileArtifacts(Path root, InstantSource clock) {
        this.root = root.toAbsolutePath().normalize();
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public Artifact publish(Path source, String name) throws ArtifactException {
        Path home = root.resolve(ArtifactNames.checked(name));
        Path temporary = Temporaries.name(home);
        try {
            Files.createDirectories(home);
            Temporaries.sweep(home, clock.instant());
            List<ArtifactFile> files = FileTree.copy(source, temporary);
            Path target = home.resolve(FileTree.digest(files));
            place(temporary, target, files);
            return new Artifact(uri(target), files);
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot publish " + source + " as " + name + ": " + e, e);
        } finally {
            Directories.deleteQuietly(temporary);
        }
    }

    @Override
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

    @Override
    public OpenArtifact open(String uri, List<ArtifactFile> files) throws ArtifactException {
        return new OpenArtifact(fetch(uri, files), () -> {});
    }

    @Override
    public URI root() {
        String uri = root.toUri().toString();
        // Only what is a directory already ends with a slash by itself.
        return URI.create(uri.endsWith("/") ? uri : uri + "/");
    }

    @Override
    public void markPending(String uri) throws ArtifactException {
        Path mark = mark(own(uri));
        try {
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
        } catch (FileAlreadyExistsException _) {
            // Another publisher of the same content was faster.
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot mark " + uri + ": " + e, e);
        }
    }

    @Override
    public void clearPending(String uri) throws ArtifactException {
        try {
            Files.deleteIfExists(mark(own(uri)));
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot take the mark off " + uri + ": " + e, e);
        }
    }

    @Override
    public List<PendingArtifact> pending(String name) throws ArtifactException {
        Path home = root.resolve(ArtifactNames.checked(name));
        var pending = new ArrayList<PendingArtifact>();
        if (!Files.isDirectory(home)) {
            return pending;
        }
        try (var marks = Files.newDirectoryStream(home, MARK + "*")) {
            for (Path mark : marks) {
                Path directory = home.resolve(mark.getFileName().toString().substring(MARK.length()));
                FileTime since = Files.getLastModifiedTime(mark, LinkOption.NOFOLLOW_LINKS);
                pending.add(new PendingArtifact(uri(directory), since.toInstant()));
            }
            return pending;
        } catch (NoSuchFileException _) {
            // Somebody cleared a mark meanwhile; the others are found next time.
            return pending;
        } catch (IOException | DirectoryIteratorException e) {
            throw new ArtifactException(UNREADABLE, "cannot list " + home + ": " + e, e);
        }
    }

    @Override
    public void remove(String uri) throws ArtifactException {
        Path directory = own(uri);
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot remove " + uri + ": " + e, e);
        }
        clearPending(uri);
    }

    @Override
    public void close() {
        // Holds nothing open.
    }

    /** As {@link Path#toUri} gives it for what is there, so that one artifact has one address. */
    private static String uri(Path directory) {
        String uri = directory.toUri().toString();
        return uri.endsWith("/") ? uri : uri + "/";
    }

    private static Path mark(Path directory) {
        return directory.resolveSibling(MARK + directory.getFileName());
    }

    /** Records may name any place to read from; what is written or removed lies where publishing puts it. */
    private Path own(String uri) throws ArtifactException {
        Path directory = locate(uri).normalize();
        if (directory.getNameCount() != root.getNameCount() + 2 || !directory.startsWith(root)) {
            throw new ArtifactException(
                    UNSUPPORTED_URI, "'" + uri + "' is not the address of an artifact below " + root);
        }
        return directory;
    }

    private static Path locate(String uri) throws ArtifactException {
        try {
            var parsed = new URI(uri);
            if (!"file".equals(parsed.getScheme())) {
                throw new ArtifactException(
                        UNSUPPORTED_URI,
                        "'" + uri + "' is not a file: address, the only kind that artifacts.store file reads;"
                                + " for s3: addresses set artifacts.store to s3");
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
                Directories.force(requireNonNull(target.getParent()));
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
}
