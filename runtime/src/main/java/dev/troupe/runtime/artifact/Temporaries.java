package dev.troupe.runtime.artifact;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories that somebody is writing or reading, beside those that are whole. */
final class Temporaries {
    private static final Logger LOGGER = LoggerFactory.getLogger(Temporaries.class);
    private static final String PREFIX = ".tmp-";

    /** A temporary directory this old was left by a process that died. */
    private static final Duration ABANDONED = Duration.ofHours(6);

    private Temporaries() {}

    /** A name that nobody else has; nothing is created. */
    static Path name(Path home) {
        return home.resolve(PREFIX + UUID.randomUUID());
    }

    /** Removes what the dead left. */
    static void sweep(Path home, Instant now) throws IOException {
        FileTime limit = FileTime.from(now.minus(ABANDONED));
        try (var entries = Files.newDirectoryStream(home, PREFIX + "*")) {
            for (Path entry : entries) {
                if (isOlder(entry, limit)) {
                    LOGGER.atInfo().addKeyValue("directory", entry).log("removing an abandoned temporary directory");
                    Directories.deleteQuietly(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isOlder(Path entry, FileTime limit) throws IOException {
        try {
            return Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS).compareTo(limit) < 0;
        } catch (NoSuchFileException _) {
            // Its owner has just removed it.
            return false;
        }
    }
}
