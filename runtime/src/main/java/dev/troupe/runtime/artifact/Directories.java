package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to a directory with all that is in it. */
final class Directories {
    private static final Logger LOGGER = LoggerFactory.getLogger(Directories.class);

    private Directories() {}

    /** Gives every file below another name in an empty directory, or copies it where there are no such links. */
    static void link(Path source, Path target) throws IOException, ArtifactException {
        for (String name : FileTree.names(source)) {
            Path to = target.resolve(name);
            Files.createDirectories(requireNonNull(to.getParent()));
            try {
                Files.createLink(to, source.resolve(name));
            } catch (UnsupportedOperationException | FileSystemException _) {
                Files.copy(source.resolve(name), to);
            }
        }
    }

    /** How much the files below hold. */
    static long bytes(Path directory) throws IOException {
        try (var walk = Files.walk(directory)) {
            long bytes = 0;
            for (Path path : walk.toList()) {
                bytes += Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : 0;
            }
            return bytes;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Empties a directory. */
    static void clear(Path directory) throws IOException {
        delete(directory);
        Files.createDirectory(directory);
    }

    /** Removes a directory with all that is in it, if it is there. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static void deleteQuietly(Path directory) {
        try {
            delete(directory);
        } catch (IOException e) {
            LOGGER.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("error", e.toString())
                    .log("a temporary directory cannot be removed");
        }
    }

    /** Makes a rename durable; some file systems cannot, and then the rename alone has to do. */
    static void force(Path directory) {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOGGER.atDebug().addKeyValue("directory", directory).log("the file system does not sync directories");
        }
    }
}
