package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREADABLE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_DIGEST;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_SIZE;
import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store in a bucket of S3, or of a server that speaks its protocol: {@code s3:} addresses.
 *
 * <p>Files are uploaded first and a manifest last; without it nothing has been published. Equal content has equal keys,
 * so that publishing again completes what was broken off. What is fetched is verified and kept in a cache on this
 * machine's disk, and served from there without a word to the store.
 */
final class S3Artifacts implements ArtifactStore {
    private static final long PART_BYTES = 16L << 20;

    private final S3Location location;
    private final S3Objects objects;
    private final S3Upload upload;
    private final S3Download download;
    private final ArtifactCache cache;

    S3Artifacts(ArtifactOptions.S3 options) {
        this(options, PART_BYTES, InstantSource.system());
    }

    S3Artifacts(ArtifactOptions.S3 options, long partBytes, InstantSource clock) {
        this.location = options.location();
        this.objects = new S3Objects(S3Clients.of(options), location.bucket());
        this.upload = new S3Upload(objects, partBytes);
        this.download = new S3Download(objects);
        this.cache = new ArtifactCache(options.directory(), options.cacheBytes(), clock);
    }

    @Override
    public Artifact publish(Path source, String name) throws ArtifactException {
        ArtifactNames.checked(name);
        List<ArtifactFile> files;
        try {
            files = FileTree.describe(source);
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot publish " + source + " as " + name + ": " + e, e);
        }
        S3Keyed artifact = location.keyed(name, FileTree.digest(files));
        for (ArtifactFile file : files) {
            String key = artifact.file(file.getName());
            Optional<S3Objects.Facts> there = objects.facts(key);
            if (!there.equals(Optional.of(new S3Objects.Facts(file.getSize(), file.getSha256())))) {
                upload.send(source.resolve(file.getName()), file, key);
            }
        }
        checkSizes(artifact, files);
        objects.write(artifact.manifest(), Manifest.write(files));
        return new Artifact(location.uri(artifact), files);
    }

    private void checkSizes(S3Keyed artifact, List<ArtifactFile> files) throws ArtifactException {
        var sizes = new HashMap<String, Long>();
        objects.list(artifact.directory()).forEach(found -> sizes.put(found.key(), found.size()));
        for (ArtifactFile file : files) {
            Long size = sizes.get(artifact.file(file.getName()));
            if (size == null || size != file.getSize()) {
                throw new ArtifactException(
                        size == null ? MISSING : WRONG_SIZE,
                        "%s%s has %s bytes after its upload, not %d"
                                .formatted(location.uri(artifact), file.getName(), size, file.getSize()));
            }
        }
    }

    @Override
    public Path fetch(String uri, List<ArtifactFile> files) throws ArtifactException {
        try (OpenArtifact _ = open(uri, files)) {
            return cache.entry(location.locate(uri).digest());
        }
    }

    @Override
    public OpenArtifact open(String uri, List<ArtifactFile> files) throws ArtifactException {
        S3Keyed artifact = location.locate(uri);
        check(uri, artifact, files);
        try {
            Path directory = cache.temporary();
            boolean filled = false;
            try {
                if (!cache.take(artifact.digest(), files, directory)) {
                    receive(uri, artifact, files, directory);
                    cache.keep(artifact.digest(), directory);
                }
                filled = true;
                return new OpenArtifact(directory, () -> Directories.deleteQuietly(directory));
            } finally {
                if (!filled) {
                    Directories.deleteQuietly(directory);
                }
            }
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot keep " + uri + " in artifacts.dir: " + e, e);
        }
    }

    private static void check(String uri, S3Keyed artifact, List<ArtifactFile> files) throws ArtifactException {
        if (files.isEmpty()) {
            throw new ArtifactException(MISSING, "the record of " + uri + " lists no files");
        }
        for (ArtifactFile file : files) {
            FileTree.checkName(file.getName());
        }
        List<ArtifactFile> sorted = files.stream()
                .sorted(Comparator.comparing(ArtifactFile::getName))
                .toList();
        if (!FileTree.digest(sorted).equals(artifact.digest())) {
            throw new ArtifactException(
                    WRONG_DIGEST, "the files that the record of %s lists are not those of its address".formatted(uri));
        }
    }

    private void receive(String uri, S3Keyed artifact, List<ArtifactFile> files, Path directory)
            throws ArtifactException, IOException {
        if (objects.facts(artifact.manifest()).isEmpty()) {
            // Reading tells a bucket that is not there from an artifact that is not.
            objects.read(artifact.manifest());
            throw new ArtifactException(MISSING, "there is no artifact at " + uri);
        }
        for (ArtifactFile file : files) {
            Path to = directory.resolve(file.getName());
            Files.createDirectories(requireNonNull(to.getParent()));
            download.receive(artifact.file(file.getName()), file, to);
        }
    }

    @Override
    public URI root() {
        return location.root();
    }

    @Override
    public void markPending(String uri) throws ArtifactException {
        String mark = location.locate(uri).mark();
        // Written again it would look younger.
        if (objects.facts(mark).isEmpty()) {
            objects.write(mark, new byte[0]);
        }
    }

    @Override
    public void clearPending(String uri) throws ArtifactException {
        objects.delete(location.locate(uri).mark());
    }

    @Override
    public List<PendingArtifact> pending(String name) throws ArtifactException {
        String home = location.home(ArtifactNames.checked(name));
        return pendingOf(home, objects.list(home));
    }

    private List<PendingArtifact> pendingOf(String home, List<S3Objects.Found> objectsOfName) {
        var unfinished = new HashMap<String, Instant>();
        var marked = new HashMap<String, Instant>();
        for (S3Objects.Found found : objectsOfName) {
            String rest = found.key().substring(home.length());
            int slash = rest.indexOf('/');
            if (slash > 0) {
                unfinished.merge(rest.substring(0, slash), found.modified(), (a, b) -> a.isAfter(b) ? a : b);
            } else if (rest.startsWith(S3Keyed.MARK)) {
                marked.put(rest.substring(S3Keyed.MARK.length()), found.modified());
            }
        }
        objectsOfName.stream()
                .map(found -> found.key().substring(home.length()))
                .filter(rest -> rest.endsWith(S3Keyed.MANIFEST) && rest.indexOf('/') < 0)
                .forEach(rest -> unfinished.remove(rest.substring(0, rest.length() - S3Keyed.MANIFEST.length())));
        Map<String, Instant> all = new HashMap<>(unfinished);
        all.putAll(marked);
        var pending = new ArrayList<PendingArtifact>();
        all.forEach((digest, since) -> {
            if (ArtifactNames.isDigest(digest)) {
                pending.add(new PendingArtifact(location.uri(new S3Keyed(home, digest)), since));
            }
        });
        return pending;
    }

    @Override
    public void remove(String uri) throws ArtifactException {
        S3Keyed artifact = location.locate(uri);
        // First, so that what is half removed is not taken for an artifact.
        objects.delete(artifact.manifest());
        for (S3Objects.Found found : objects.list(artifact.directory())) {
            objects.delete(found.key());
        }
        objects.delete(artifact.mark());
    }

    @Override
    public void close() {
        objects.client().close();
    }
}
