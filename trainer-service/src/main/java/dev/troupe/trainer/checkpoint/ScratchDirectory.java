package dev.troupe.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories of the temporary kind. */
public final class ScratchDirectory {
    private static final Logger LOGGER = LoggerFactory.getLogger(ScratchDirectory.class);

    private ScratchDirectory() {}

    /** Removes one with all that is in it; what stays is the operating system's to remove, and the log tells of it. */
    public static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOGGER.atWarn().addKeyValue("error", e.toString()).log("a temporary directory was not removed");
        }
    }
}
