package dev.troupe.runtime.artifact;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import java.nio.file.Path;
import java.util.Optional;

/** Where artifacts are. */
public sealed interface ArtifactOptions {

    /** {@code artifacts.dir}: the root of a store of files, and what a store elsewhere is cached in. */
    Path directory();

    /** Reads {@code artifacts.*}; problems are left with the settings, to be reported together. */
    static ArtifactOptions read(Settings settings) {
        var folder = new Folder(settings.path("artifacts.dir", Path.of("artifacts")));
        String store = settings.text("artifacts.store", "file").strip();
        Optional<S3> s3 = S3Settings.read(settings, folder.directory(), store.equals("s3"));
        return switch (store) {
            case "file" -> folder;
            // Without its problems solved, nothing starts.
            case "s3" -> s3.<ArtifactOptions>map(options -> options).orElse(folder);
            default -> {
                settings.problem("artifacts.store", "'%s' is neither file nor s3".formatted(store));
                yield folder;
            }
        };
    }

    /**
     * A directory, shared by all that use the store.
     *
     * @param directory root of the store
     */
    record Folder(Path directory) implements ArtifactOptions {
        public Folder {
            requireNonNull(directory, "directory is null");
        }
    }

    /**
     * A bucket of S3, or of a server that speaks its protocol.
     *
     * @param directory of the cache
     * @param cacheBytes that the cache holds at most; the artifact that came last stays even if it is larger
     * @param location of the store
     * @param server that has the bucket
     * @param keys empty where the SDK's own chain finds credentials
     */
    record S3(Path directory, long cacheBytes, S3Location location, S3Server server, Optional<S3Keys> keys)
            implements ArtifactOptions {
        public S3 {
            requireNonNull(directory, "directory is null");
            requireNonNull(location, "location is null");
            requireNonNull(server, "server is null");
            requireNonNull(keys, "keys is null");
            if (cacheBytes < 1) {
                throw new IllegalArgumentException("cacheBytes must be 1 or more: " + cacheBytes);
            }
        }
    }
}
