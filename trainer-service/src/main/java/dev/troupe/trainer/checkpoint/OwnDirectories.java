package dev.troupe.trainer.checkpoint;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may be removed.
 *
 * @param root nothing outside of it ever is
 */
record OwnDirectories(Path root) {
    private static final Logger LOGGER = LoggerFactory.getLogger(OwnDirectories.class);

    OwnDirectories {
        root = root.toAbsolutePath().normalize();
    }

    /** The directory of a policy's artifacts. */
    Path of(String policyId) {
        return root.resolve(policyId);
    }

    void remove(String address) {
        Path directory = Path.of(URI.create(address)).normalize();
        if (directory.startsWith(root) && Files.exists(directory)) {
            delete(directory);
        }
    }

    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOGGER.atWarn().addKeyValue("error", e.toString()).log("a checkpoint directory was not removed");
        }
    }
}
