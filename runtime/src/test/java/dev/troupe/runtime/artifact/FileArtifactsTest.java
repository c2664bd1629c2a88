package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNLISTED_FILE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSAFE_NAME;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSUPPORTED_URI;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_DIGEST;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArtifactsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path temp;

    private Path root;
    private Path source;
    private ArtifactStore store;

    @BeforeEach
    void writeSource() throws IOException {
        root = temp.resolve("store");
        source = Files.createDirectories(temp.resolve("source"));
        Files.writeString(source.resolve("config.json"), "{}");
        Files.createDirectories(source.resolve("deep"));
        Files.write(source.resolve("deep").resolve("model.safetensors"), new byte[100_000]);
        store = new FileArtifacts(root, InstantSource.fixed(NOW));
    }

    @Test
    void handsOutWhatWasPublished() throws Exception {
        Artifact artifact = store.publish(source, "coder");

        Path fetched = store.fetch(artifact.uri(), artifact.files());

        assertThat(artifact.files())
                .extracting(ArtifactFile::getName, ArtifactFile::getSize)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("config.json", 2L),
                        org.assertj.core.groups.Tuple.tuple("deep/model.safetensors", 100_000L));
        // sha256 of "{}"
        assertThat(artifact.files().getFirst().getSha256())
                .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        assertThat(fetched.resolve("config.json")).hasContent("{}");
        assertThat(fetched.resolve("deep/model.safetensors")).hasSize(100_000);
    }

    @Test
    void theSameContentHasTheSameAddress() throws Exception {
        Artifact first = store.publish(source, "coder");
        Artifact again = store.publish(source, "coder");
        Files.writeString(source.resolve("config.json"), "[]");
        Artifact other = store.publish(source, "coder");

        assertThat(again).isEqualTo(first);
        assertThat(other.uri()).isNotEqualTo(first.uri());
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void refusesAChangedByte() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        byte[] bytes = new byte[100_000];
        bytes[99_999] = 1;
        Files.write(directory(artifact).resolve("deep/model.safetensors"), bytes);

        refuses(artifact, artifact.files(), ArtifactException.Reason.WRONG_DIGEST, "model.safetensors");
    }

    @Test
    void refusesATruncatedFile() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        Files.write(directory(artifact).resolve("deep/model.safetensors"), new byte[99_999]);

        refuses(artifact, artifact.files(), WRONG_SIZE, "99999 bytes");
    }

    @Test
    void refusesWhatVanished() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        Files.delete(directory(artifact).resolve("config.json"));
        refuses(artifact, artifact.files(), MISSING, "config.json");

        var elsewhere = new Artifact(artifact.uri().replace("coder", "gone"), artifact.files());
        refuses(elsewhere, elsewhere.files(), MISSING, "gone");
    }

    @Test
    void refusesAFileThatTheRecordDoesNotList() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        Files.writeString(directory(artifact).resolve("pytorch_model.bin"), "pickle");

        refuses(artifact, artifact.files(), UNLISTED_FILE, "pytorch_model.bin");
    }

    @Test
    void refusesNamesThatLeadOut() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        for (String name : List.of("../config.json", "/etc/passwd", "deep/../../x", "", "a\\b")) {
            ArtifactFile file = ArtifactFile.newBuilder()
                    .setName(name)
                    .setSha256("00")
                    .setSize(1)
                    .build();
            refuses(artifact, List.of(file), UNSAFE_NAME, "does not name a file");
        }
    }

    @Test
    void refusesLinks() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        Path config = directory(artifact).resolve("config.json");
        Files.delete(config);
        Files.createSymbolicLink(config, source.resolve("config.json"));
        refuses(artifact, artifact.files(), UNSAFE_NAME, "config.json");

        Files.createSymbolicLink(source.resolve("link"), source.resolve("config.json"));
        var e = catchThrowableOfType(ArtifactException.class, () -> store.publish(source, "coder"));
        assertThat(e.reason()).isEqualTo(UNSAFE_NAME);
    }

    @Test
    void refusesAddressesItCannotRead() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        for (String uri : List.of("s3://bucket/coder", "no address", "relative/path", "file:relative")) {
            refuses(new Artifact(uri, artifact.files()), artifact.files(), UNSUPPORTED_URI, "address");
        }
        refuses(artifact, List.of(), MISSING, "lists no files");
    }

    @Test
    void refusesToPublishNothing() throws IOException {
        Path empty = Files.createDirectories(temp.resolve("empty"));

        assertThat(catchThrowableOfType(ArtifactException.class, () -> store.publish(empty, "coder"))
                        .reason())
                .isEqualTo(MISSING);
        assertThat(catchThrowableOfType(ArtifactException.class, () -> store.publish(source, "../coder"))
                        .reason())
                .isEqualTo(UNSAFE_NAME);
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void doesNotPublishOverACorruptCopy() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        Files.writeString(directory(artifact).resolve("config.json"), "[]");

        var e = catchThrowableOfType(ArtifactException.class, () -> store.publish(source, "coder"));

        assertThat(e.reason()).isEqualTo(WRONG_DIGEST);
    }

    @Test
    void removesLeftoversOfTheDeadAndLeavesThoseOfTheLiving() throws Exception {
        Path abandoned = Files.createDirectories(root.resolve("coder/.tmp-old"));
        Files.writeString(abandoned.resolve("half"), "written");
        Files.setLastModifiedTime(abandoned, FileTime.from(NOW.minus(Duration.ofHours(7))));
        Path living = Files.createDirectories(root.resolve("coder/.tmp-new"));
        Files.setLastModifiedTime(living, FileTime.from(NOW.minus(Duration.ofHours(1))));

        Artifact artifact = store.publish(source, "coder");

        assertThat(temporaries()).containsExactly(living);
        assertThat(store.fetch(artifact.uri(), artifact.files())).isDirectory();
    }

    @Test
    void listsWhatIsMarkedUntilItIsNamedOrRemoved() throws Exception {
        Artifact named = store.publish(source, "coder");
        Files.writeString(source.resolve("config.json"), "[]");
        Artifact orphan = store.publish(source, "coder");
        store.markPending(named.uri());
        store.markPending(orphan.uri());
        store.markPending(orphan.uri());
        assertThat(store.pending("coder"))
                .extracting(PendingArtifact::uri)
                .containsExactlyInAnyOrder(named.uri(), orphan.uri());

        store.clearPending(named.uri());
        store.remove(orphan.uri());
        store.remove(orphan.uri());

        assertThat(store.pending("coder")).isEmpty();
        assertThat(store.pending("nobody")).isEmpty();
        assertThat(directory(orphan)).doesNotExist();
        assertThat(store.fetch(named.uri(), named.files())).isDirectory();
    }

    @Test
    void removesOnlyArtifactsOfItsOwn() throws Exception {
        Artifact artifact = store.publish(source, "coder");
        URI home = root.resolve("coder").toUri();
        for (String uri : List.of(source.toUri().toString(), home.toString(), root.toUri() + "coder/../../source/x")) {
            var e = catchThrowableOfType(ArtifactException.class, () -> store.remove(uri));
            assertThat(e.reason()).as(uri).isEqualTo(UNSUPPORTED_URI);
        }
        assertThat(source.resolve("config.json")).exists();
        assertThat(store.fetch(artifact.uri(), artifact.files())).isDirectory();
    }

    @Test
    void addressesLieBelowTheRoot() throws Exception {
        Artifact artifact = store.publish(source, "coder");

        String relative = store.root().relativize(URI.create(artifact.uri())).toString();

        assertThat(relative).matches("coder/[0-9a-f]{64}/");
        assertThat(store.root().resolve(relative)).isEqualTo(URI.create(artifact.uri()));
    }

    private void refuses(Artifact artifact, List<ArtifactFile> files, ArtifactException.Reason reason, String text) {
        var e = catchThrowableOfType(ArtifactException.class, () -> store.fetch(artifact.uri(), files));
        assertThat(e).as(text).isNotNull();
        assertThat(e.reason()).isEqualTo(reason);
        assertThat(e).hasMessageContaining(text);
    }

    private static Path directory(Artifact artifact) {
        return Path.of(URI.create(artifact.uri()));
    }

    private List<Path> temporaries() throws IOException {
        try (var found = Files.walk(root)) {
            return found.filter(path -> path.getFileName().toString().startsWith(".tmp-"))
                    .toList();
        }
    }
}
