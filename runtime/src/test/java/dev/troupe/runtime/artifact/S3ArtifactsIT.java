package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.DENIED;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREACHABLE;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

class S3ArtifactsIT {
    private static final long PART_BYTES = 5 << 20;
    private static final long LARGE = 12 << 20;

    private static ObjectServer server;

    @TempDir
    private Path temp;

    /** Later at every look, as file systems may not tell apart what is used within a tick. */
    private final AtomicLong seconds = new AtomicLong(Instant.now().getEpochSecond());

    private final InstantSource clock = () -> Instant.ofEpochSecond(seconds.incrementAndGet());
    private final List<ArtifactStore> stores = new ArrayList<>();
    private String name;
    private Path source;
    private S3Artifacts store;
    private S3Objects objects;
    private S3Client client;

    @BeforeAll
    static void startServer() throws Exception {
        server = new ObjectServer();
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void open(org.junit.jupiter.api.TestInfo info) throws Exception {
        name = info.getTestMethod().orElseThrow().getName();
        source = directory("source", 100_000);
        store = store(server.options(cache(), 1 << 30));
        client = S3Clients.of(server.options(cache(), 1));
        objects = new S3Objects(client, ObjectServer.BUCKET);
    }

    @AfterEach
    void close() {
        stores.forEach(ArtifactStore::close);
        client.close();
    }

    @Test
    void handsOutWhatWasPublished() throws Exception {
        Path large = directory("large", LARGE);

        Artifact artifact = store.publish(large, name);

        assertThat(artifact.uri()).matches("s3://models/team/one/" + name + "/[0-9a-f]{64}/");
        assertThat(store.root().relativize(URI.create(artifact.uri())).toString())
                .startsWith(name);
        assertThat(artifact.files()).isEqualTo(FileTree.describe(large));
        Path fetched = store.fetch(artifact.uri(), artifact.files());
        assertThat(FileTree.describe(fetched)).isEqualTo(artifact.files());
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void theSameContentIsNotSentAgain() throws Exception {
        Artifact first = store.publish(source, name);
        List<S3Objects.Found> before = objects.list(key(first).directory());

        Artifact again = store.publish(source, name);

        assertThat(again).isEqualTo(first);
        assertThat(objects.list(key(first).directory())).isEqualTo(before);
    }

    @Test
    void whatWasBrokenOffDoesNotExistAndIsCompleted() throws Exception {
        Artifact artifact = store.publish(source, name);
        objects.delete(key(artifact).manifest());
        objects.delete(key(artifact).file("config.json"));
        refuses(() -> store.fetch(artifact.uri(), artifact.files()), MISSING, "never published to the end");
        assertThat(store.pending(name)).extracting(PendingArtifact::uri).containsExactly(artifact.uri());

        assertThat(store.publish(source, name)).isEqualTo(artifact);

        assertThat(store.fetch(artifact.uri(), artifact.files())).isDirectory();
        assertThat(store.pending(name)).isEmpty();
    }

    @Test
    void refusesWrongKeys() throws Exception {
        Artifact artifact = store.publish(source, name);
        for (S3Keys keys : List.of(new S3Keys("stranger", "x"), new S3Keys(ObjectServer.KEYS.access(), "guessed"))) {
            S3Artifacts stranger =
                    store(ObjectServer.options(cache(), 1 << 30, server.port(), keys, ObjectServer.BUCKET));
            refuses(() -> stranger.publish(source, name), DENIED, "artifacts.s3.access.key");
            refuses(() -> stranger.fetch(artifact.uri(), artifact.files()), DENIED, "artifacts.s3.access.key");
        }
    }

    @Test
    void saysThatTheBucketIsMissing() throws Exception {
        S3Artifacts lost = store(ObjectServer.options(cache(), 1, server.port(), ObjectServer.KEYS, "nowhere"));
        Artifact artifact = store.publish(source, name);
        String elsewhere = artifact.uri().replace("models", "nowhere");

        refuses(() -> lost.publish(source, name), UNREACHABLE, "Create the bucket");
        refuses(() -> lost.fetch(elsewhere, artifact.files()), UNREACHABLE, "Create the bucket");
    }

    @Test
    void servesFromTheCacheWhileTheStoreIsAway() throws Exception {
        Artifact cached = store.publish(source, name);
        Artifact other = store.publish(directory("other", 10), name);
        assertThat(store.fetch(cached.uri(), cached.files())).isDirectory();
        server.stop();
        try {
            assertThat(store.fetch(cached.uri(), cached.files())).isDirectory();
            refuses(() -> store.fetch(other.uri(), other.files()), UNREACHABLE, "artifacts.s3.endpoint");
        } finally {
            server.start();
        }
        assertThat(store.fetch(other.uri(), other.files())).isDirectory();
    }

    @Test
    void connectionsThatBreakHalfWayAreTriedAgain() throws Exception {
        Path large = directory("large", LARGE);
        try (var wire = new CutWire(server.port())) {
            // In one piece: S3Proxy answers 400 when a part that broke off has come again.
            S3Artifacts far = store(
                    ObjectServer.options(cache(), 1 << 30, wire.port(), ObjectServer.KEYS, ObjectServer.BUCKET),
                    2 * LARGE);
            wire.cutAfter(LARGE / 2, 2);
            Artifact artifact = far.publish(large, name);
            assertThat(wire.cuts()).isOne();

            wire.cutAfter(LARGE / 2, 2);
            assertThat(FileTree.describe(far.fetch(artifact.uri(), artifact.files())))
                    .isEqualTo(artifact.files());
            assertThat(wire.cuts()).isOne();
        }
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void refusesChangedObjects() throws Exception {
        Artifact artifact = store.publish(source, name);
        String config = key(artifact).file("config.json");

        objects.write(config, "[]".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        refuses(() -> store.fetch(artifact.uri(), artifact.files()), WRONG_DIGEST, "config.json");
        objects.write(config, "{".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        refuses(() -> store.fetch(artifact.uri(), artifact.files()), WRONG_SIZE, "1 bytes");
        objects.delete(config);
        refuses(() -> store.fetch(artifact.uri(), artifact.files()), MISSING, "config.json");
        assertThat(temporaries()).isEmpty();

        // Publishing again brings the right ones back.
        assertThat(store.publish(source, name)).isEqualTo(artifact);
        assertThat(store.fetch(artifact.uri(), artifact.files())).isDirectory();
    }

    @Test
    void refusesAFileThatChangesWhileItIsSent() throws Exception {
        ArtifactFile described = FileTree.describe(source).getFirst();
        Files.writeString(source.resolve("config.json"), "[]");
        var upload = new S3Upload(objects, PART_BYTES);

        refuses(
                () -> upload.send(source.resolve("config.json"), described, "team/one/" + name + "/changed"),
                WRONG_DIGEST,
                "publish it again");
    }

    @Test
    void refusesAddressesOfOtherPlaces() throws Exception {
        Artifact artifact = store.publish(source, name);
        for (String uri : List.of(
                artifact.uri().replace("models", "others"),
                artifact.uri().replace("team/one", "team/two"),
                artifact.uri() + "../x/",
                "s3://models/team/one/",
                source.toUri().toString())) {
            refuses(() -> store.fetch(uri, artifact.files()), UNSUPPORTED_URI, "artifacts.s3.bucket");
            refuses(() -> store.remove(uri), UNSUPPORTED_URI, "artifacts.s3.bucket");
        }
        refuses(
                () -> store.fetch(artifact.uri(), artifact.files().subList(0, 1)),
                WRONG_DIGEST,
                "not those of its address");
    }

    @Test
    void fetchesADamagedEntryAgain() throws Exception {
        Artifact artifact = store.publish(source, name);
        Path fetched = store.fetch(artifact.uri(), artifact.files());
        Files.writeString(fetched.resolve("config.json"), "[]");

        Path again = store.fetch(artifact.uri(), artifact.files());

        assertThat(again.resolve("config.json")).hasContent("{}");
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void makesRoomAndTakesNothingFromWhoLoadsIt() throws Exception {
        S3Artifacts small = store(server.options(cache(), 250_000));
        List<Artifact> artifacts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            artifacts.add(small.publish(directory("version" + i, 100_000), name));
        }
        Path first = small.fetch(artifacts.get(0).uri(), artifacts.get(0).files());
        Path second = small.fetch(artifacts.get(1).uri(), artifacts.get(1).files());
        small.fetch(artifacts.get(0).uri(), artifacts.get(0).files());
        try (OpenArtifact held =
                small.open(artifacts.get(1).uri(), artifacts.get(1).files())) {
            // Used last of the two, then.
            small.fetch(artifacts.get(0).uri(), artifacts.get(0).files());
            Path third = small.fetch(artifacts.get(2).uri(), artifacts.get(2).files());

            assertThat(List.of(first, third)).allMatch(Files::isDirectory);
            assertThat(second).doesNotExist();
            assertThat(FileTree.describe(held.directory()))
                    .isEqualTo(artifacts.get(1).files());
        }
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void removesAnArtifactAndItsMark() throws Exception {
        Artifact artifact = store.publish(source, name);
        store.markPending(artifact.uri());
        assertThat(store.pending(name)).extracting(PendingArtifact::uri).containsExactly(artifact.uri());
        store.clearPending(artifact.uri());
        assertThat(store.pending(name)).isEmpty();
        store.markPending(artifact.uri());

        store.remove(artifact.uri());
        store.remove(artifact.uri());

        assertThat(objects.list("team/one/" + name)).isEmpty();
        refuses(() -> store.fetch(artifact.uri(), artifact.files()), MISSING, "removed");
    }

    @Test
    void threadsAndProcessesShareACache() throws Exception {
        Artifact first = store.publish(source, name);
        Artifact second = store.publish(directory("other", 200_000), name);
        // Room for one: everybody throws out what the others have just fetched.
        List<String> command = ArtifactLoader.command(server.port(), cache(), 210_000, List.of(first, second));
        List<Process> processes = List.of(start(command), start(command));
        S3Artifacts small = store(server.options(cache(), 210_000));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(() -> ArtifactLoader.load(small, List.of(first, second), 8));
            }
            for (Future<Integer> loaded : threads.invokeAll(tasks)) {
                assertThat(loaded.get()).isEqualTo(16);
            }
        }
        for (Process process : processes) {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        assertThat(temporaries()).isEmpty();
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).inheritIO().start();
    }

    private static void refuses(ThrowingCallable call, ArtifactException.Reason reason, String text) {
        var e = catchThrowableOfType(ArtifactException.class, call);
        assertThat(e).as(text).isNotNull();
        assertThat(e).hasMessageContaining(text);
        assertThat(e.reason()).isEqualTo(reason);
    }

    private S3Artifacts store(ArtifactOptions.S3 options) {
        return store(options, PART_BYTES);
    }

    private S3Artifacts store(ArtifactOptions.S3 options, long partBytes) {
        var opened = new S3Artifacts(options, partBytes, clock);
        stores.add(opened);
        return opened;
    }

    private static S3Keyed key(Artifact artifact) throws ArtifactException {
        return new S3Location(ObjectServer.BUCKET, "team/one").locate(artifact.uri());
    }

    private Path cache() {
        return temp.resolve("cache");
    }

    private Path directory(String named, long bytes) throws IOException {
        Path directory = Files.createDirectories(temp.resolve(named).resolve("deep"));
        byte[] weights = new byte[(int) bytes];
        new Random(named.hashCode()).nextBytes(weights);
        Files.write(directory.resolve("model.safetensors"), weights);
        Files.writeString(directory.resolveSibling("config.json"), "{}");
        return temp.resolve(named);
    }

    private List<Path> temporaries() throws IOException {
        try (var found = Files.list(cache())) {
            return found.filter(path -> path.getFileName().toString().startsWith(".tmp-"))
                    .toList();
        }
    }
}
