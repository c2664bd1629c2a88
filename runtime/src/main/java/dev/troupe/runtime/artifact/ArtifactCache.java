package dev.troupe.runtime.artifact;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts from elsewhere on this machine's disk, by the digest of their content; those used least recently go when
 * there are too many. Whoever loads one has links of its own to the files, so that nothing that another thread or
 * process removes is taken from under it; the bytes are freed when the last link is.
 */
final class ArtifactCache {
    private static final Logger LOGGER = LoggerFactory.getLogger(ArtifactCache.class);

    private final Path directory;
    private final long maxBytes;
    private final InstantSource clock;

    ArtifactCache(Path directory, long maxBytes, InstantSource clock) {
        this.directory = directory.toAbsolutePath().normalize();
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** A directory that the caller fills, uses and deletes. */
    Path temporary() throws IOException {
        Files.createDirectories(directory);
        Temporaries.sweep(directory, clock.instant());
        return Files.createDirectory(Temporaries.name(directory));
    }

    /** Where an artifact lies, if it is there. */
    Path entry(String digest) {
        return directory.resolve(digest);
    }

    /**
     * Links an artifact's files into a directory, verified.
     *
     * @return whether it was there; one that is not as it was published is removed, and is not there
     */
    boolean take(String digest, List<ArtifactFile> files, Path into) throws IOException {
        Path entry = entry(digest);
        if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            Directories.link(entry, into);
            FileTree.verify(into, files);
            Files.setLastModifiedTime(entry, FileTime.from(clock.instant()));
            return true;
        } catch (NoSuchFileException | NotDirectoryException _) {
            // Another process has just made room.
            Directories.clear(into);
            return false;
        } catch (ArtifactException e) {
            LOGGER.atWarn()
                    .addKeyValue("directory", entry)
                    .addKeyValue("error", e.getMessage())
                    .log("a cached artifact is damaged and is fetched again");
            drop(entry);
            Directories.clear(into);
            return false;
        }
    }

    /** Keeps what has been verified, and makes room for it. */
    void keep(String digest, Path verified) throws IOException {
        Path temporary = Files.createDirectory(Temporaries.name(directory));
        try {
            Directories.link(verified, temporary);
            Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
            if (!Files.exists(entry(digest), LinkOption.NOFOLLOW_LINKS)) {
                place(temporary, entry(digest));
            }
        } catch (ArtifactException e) {
            throw new IOException(e);
        } finally {
            Directories.deleteQuietly(temporary);
        }
        evict(entry(digest));
    }

    private void place(Path temporary, Path entry) throws IOException {
        try {
            Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE);
            Directories.force(directory);
        } catch (IOException e) {
            // Another thread or process may have fetched the same; anything else is a failure.
            if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    private void evict(Path newest) throws IOException {
        List<Entry> entries = entries();
        long bytes = entries.stream().mapToLong(Entry::bytes).sum();
        for (Entry entry : entries) {
            if (bytes <= maxBytes) {
                return;
            }
            if (!entry.path().equals(newest)) {
                LOGGER.atInfo().addKeyValue("directory", entry.path()).log("making room in the artifact cache");
                drop(entry.path());
                bytes -= entry.bytes();
            }
        }
    }

    private record Entry(Path path, FileTime used, long bytes) {}

    /** From the one used longest ago. */
    private List<Entry> entries() throws IOException {
        var entries = new ArrayList<Entry>();
        try (var paths = Files.newDirectoryStream(
                directory, path -> ArtifactNames.isDigest(path.getFileName().toString()))) {
            for (Path path : paths) {
                try {
                    FileTime used = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
                    entries.add(new Entry(path, used, Directories.bytes(path)));
                } catch (NoSuchFileException _) {
                    LOGGER.atDebug().addKeyValue("directory", path).log("another process has removed it");
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(Comparator.comparing(Entry::used));
        return entries;
    }

    /** Renamed first, so that nobody finds half of it. */
    private void drop(Path entry) throws IOException {
        Path temporary = Temporaries.name(directory);
        try {
            Files.move(entry, temporary, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException _) {
            // Another process was faster.
            return;
        }
        Directories.deleteQuietly(temporary);
    }
}
