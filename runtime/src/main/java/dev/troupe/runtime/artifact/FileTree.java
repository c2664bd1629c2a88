package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.MISSING;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNLISTED_FILE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNSAFE_NAME;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_DIGEST;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_SIZE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A directory of files as names, sizes and digests. */
final class FileTree {

    private static final int BUFFER_BYTES = 1 << 16;

    private FileTree() {}

    /** Copies every regular file, forces it to disk and returns what was written, sorted by name. */
    static List<ArtifactFile> copy(Path source, Path target) throws IOException, ArtifactException {
        if (!Files.isDirectory(source)) {
            throw new ArtifactException(MISSING, source + " is not a directory");
        }
        var copied = new ArrayList<ArtifactFile>();
        for (String name : names(source)) {
            Path to = target.resolve(name);
            Files.createDirectories(requireNonNull(to.getParent()));
            copied.add(copyFile(source.resolve(name), to, name));
        }
        if (copied.isEmpty()) {
            throw new ArtifactException(MISSING, source + " holds no files");
        }
        return copied;
    }

    /** What {@link #copy} would write. */
    static List<ArtifactFile> describe(Path source) throws IOException, ArtifactException {
        if (!Files.isDirectory(source)) {
            throw new ArtifactException(MISSING, source + " is not a directory");
        }
        var described = new ArrayList<ArtifactFile>();
        for (String name : names(source)) {
            MessageDigest digest = sha256();
            try (var in = FileChannel.open(source.resolve(name), StandardOpenOption.READ)) {
                described.add(described(name, transfer(in, null, digest), digest));
            }
        }
        if (described.isEmpty()) {
            throw new ArtifactException(MISSING, source + " holds no files");
        }
        return described;
    }

    /** The name of a content: the SHA-256 of its files' digests, sizes and names. */
    static String digest(List<ArtifactFile> files) {
        MessageDigest digest = sha256();
        for (ArtifactFile file : files) {
            digest.update("%s %d %s\n"
                    .formatted(file.getSha256(), file.getSize(), file.getName())
                    .getBytes(UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Checks names, then sizes, then bytes, so that a wrong artifact costs as little reading as possible. */
    static void verify(Path directory, List<ArtifactFile> files) throws IOException, ArtifactException {
        var listed = new HashSet<String>();
        for (ArtifactFile file : files) {
            listed.add(file.getName());
            checkSize(resolve(directory, file.getName()), file);
        }
        Set<String> present = new HashSet<>(names(directory));
        present.removeAll(listed);
        if (!present.isEmpty()) {
            throw new ArtifactException(UNLISTED_FILE, directory + " holds " + present + ", which its record does not");
        }
        for (ArtifactFile file : files) {
            Path path = resolve(directory, file.getName());
            MessageDigest digest = sha256();
            try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
                transfer(channel, null, digest);
            } catch (NoSuchFileException e) {
                throw new ArtifactException(MISSING, path + " vanished", e);
            }
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equals(file.getSha256().toLowerCase(Locale.ROOT))) {
                throw new ArtifactException(
                        WRONG_DIGEST, "%s has SHA-256 %s, its record says %s".formatted(path, found, file.getSha256()));
            }
        }
    }

    private static void checkSize(Path path, ArtifactFile file) throws IOException, ArtifactException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new ArtifactException(MISSING, path + " is missing");
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new ArtifactException(UNSAFE_NAME, path + " is not a regular file");
        }
        long size = Files.size(path);
        if (size != file.getSize()) {
            throw new ArtifactException(
                    WRONG_SIZE, "%s has %d bytes, its record says %d".formatted(path, size, file.getSize()));
        }
    }

    /** Refuses what leads out of any directory. */
    static void checkName(String name) throws ArtifactException {
        Path _ = resolve(Path.of("/artifact"), name);
    }

    private static Path resolve(Path directory, String name) throws ArtifactException {
        Path path;
        try {
            path = directory.resolve(name).normalize();
        } catch (InvalidPathException e) {
            throw new ArtifactException(UNSAFE_NAME, "'" + name + "' does not name a file: " + e.getMessage(), e);
        }
        if (name.isEmpty() || name.startsWith("/") || name.contains("\\") || !path.startsWith(directory)) {
            throw new ArtifactException(UNSAFE_NAME, "'" + name + "' does not name a file of the artifact");
        }
        return path;
    }

    /**
     * Names of all regular files below, with forward slashes, sorted; anything but files and directories is refused.
     */
    static List<String> names(Path directory) throws IOException, ArtifactException {
        var names = new TreeMap<String, Path>();
        try (var walk = Files.walk(directory)) {
            for (Path path : walk.toList()) {
                if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    names.put(directory.relativize(path).toString().replace('\\', '/'), path);
                } else if (!path.equals(directory) && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw new ArtifactException(UNSAFE_NAME, path + " is neither a file nor a directory");
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return List.copyOf(names.keySet());
    }

    private static ArtifactFile copyFile(Path from, Path to, String name) throws IOException {
        MessageDigest digest = sha256();
        try (var in = FileChannel.open(from, StandardOpenOption.READ);
                var out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = transfer(in, out, digest);
            out.force(true);
            return described(name, size, digest);
        }
    }

    private static ArtifactFile described(String name, long size, MessageDigest digest) {
        return ArtifactFile.newBuilder()
                .setName(name)
                .setSha256(HexFormat.of().formatHex(digest.digest()))
                .setSize(size)
                .build();
    }

    private static long transfer(FileChannel in, @Nullable FileChannel out, MessageDigest digest) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long size = 0;
        while (in.read(buffer) >= 0) {
            buffer.flip();
            size += buffer.remaining();
            digest.update(buffer.duplicate());
            while (out != null && buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
        }
        return size;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
