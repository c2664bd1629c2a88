package dev.troupe.runtime.artifact;

import dev.troupe.schemas.avro.ArtifactFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads artifacts again and again and looks at every file; a process of its own in a test. */
final class ArtifactLoader {
    private ArtifactLoader() {}

    static List<String> command(int port, Path cache, long cacheBytes, List<Artifact> artifacts) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ArtifactLoader.class.getName(),
                Integer.toString(port),
                cache.toString(),
                Long.toString(cacheBytes)));
        for (Artifact artifact : artifacts) {
            command.add(artifact.uri());
            artifact.files()
                    .forEach(file -> command.add(file.getName() + " " + file.getSha256() + " " + file.getSize()));
        }
        return command;
    }

    /** @return how many were loaded */
    static int load(ArtifactStore store, List<Artifact> artifacts, int times) throws Exception {
        int loaded = 0;
        for (int i = 0; i < times; i++) {
            for (Artifact artifact : artifacts) {
                try (OpenArtifact open = store.open(artifact.uri(), artifact.files())) {
                    if (!FileTree.describe(open.directory()).equals(artifact.files())) {
                        throw new IllegalStateException(artifact.uri() + " is not as it was published");
                    }
                    loaded++;
                }
            }
        }
        return loaded;
    }

    public static void main(String... args) throws Exception {
        var artifacts = new ArrayList<Artifact>();
        var files = new ArrayList<ArtifactFile>();
        String uri = args[3];
        for (int i = 4; i < args.length; i++) {
            if (args[i].startsWith("s3:")) {
                artifacts.add(new Artifact(uri, files));
                files.clear();
                uri = args[i];
            } else {
                String[] parts = args[i].split(" ", 3);
                files.add(new ArtifactFile(parts[0], parts[1], Long.valueOf(parts[2])));
            }
        }
        artifacts.add(new Artifact(uri, files));
        ArtifactOptions.S3 options = ObjectServer.options(
                Path.of(args[1]),
                Long.parseLong(args[2]),
                Integer.parseInt(args[0]),
                ObjectServer.KEYS,
                ObjectServer.BUCKET);
        try (var store = new S3Artifacts(options)) {
            load(store, artifacts, 8);
        }
    }
}
