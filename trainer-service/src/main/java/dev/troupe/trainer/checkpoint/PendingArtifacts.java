package dev.troupe.trainer.checkpoint;

import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks of artifacts that are in the store and not committed yet. A trainer that dies leaves the mark; usually the
 * repeated step finds the artifact, because equal training gives equal files, and clears it. One that no record has
 * named for a day is an orphan. What has no mark is not touched: another cluster may use the same store.
 */
final class PendingArtifacts {
    private static final Logger LOGGER = LoggerFactory.getLogger(PendingArtifacts.class);
    private static final String MARK = ".pending-";
    private static final Duration ORPHANED = Duration.ofDays(1);

    /** Marks an artifact directory. */
    void mark(String uri) throws IOException {
        Path mark = markOf(directory(uri));
        if (!Files.exists(mark)) {
            Files.createFile(mark);
        }
    }

    /** Takes the mark away, as a record names the artifact. */
    void clear(String uri) {
        try {
            Files.deleteIfExists(markOf(directory(uri)));
        } catch (IOException e) {
            LOGGER.atWarn().addKeyValue("error", e.toString()).log("the mark of a committed artifact was not removed");
        }
    }

    /**
     * The orphans among the artifacts of a policy; marks of those that a record names are taken away.
     *
     * @param home directory of the policy's artifacts
     */
    Collection<String> orphans(Path home, Collection<ModelVersion> committed, Instant now) throws IOException {
        Set<Path> named = committed.stream()
                .map(version -> directory(version.getArtifactUri()))
                .collect(Collectors.toSet());
        var orphans = new ArrayList<String>();
        if (!Files.isDirectory(home)) {
            return orphans;
        }
        try (DirectoryStream<Path> marks = Files.newDirectoryStream(home, MARK + "*")) {
            for (Path mark : marks) {
                Path directory = home.resolve(mark.getFileName().toString().substring(MARK.length()));
                Instant since = Files.getLastModifiedTime(mark, LinkOption.NOFOLLOW_LINKS)
                        .toInstant();
                if (named.contains(directory)) {
                    Files.deleteIfExists(mark);
                } else if (since.plus(ORPHANED).isBefore(now)) {
                    orphans.add(directory.toUri().toString());
                }
            }
        }
        return orphans;
    }

    private static Path directory(String uri) {
        return Path.of(URI.create(uri)).toAbsolutePath().normalize();
    }

    private static Path markOf(Path directory) {
        return directory.resolveSibling(MARK + directory.getFileName());
    }
}
