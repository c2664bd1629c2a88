package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_DIGEST;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_SIZE;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Receives a file, verified while it streams and forced to disk. */
final class S3Download {
    private final S3Objects objects;

    S3Download(S3Objects objects) {
        this.objects = objects;
    }

    /** @throws ArtifactException when the object is not the file; then what lies at the path is of no use */
    void receive(String key, ArtifactFile file, Path to) throws ArtifactException {
        Received received = objects.call(
                "read",
                key,
                () -> objects.client()
                        .getObject(request -> request.bucket(objects.bucket()).key(key), into(to, file.getSize())));
        String address = "s3://" + objects.bucket() + "/" + key;
        if (received.size() != file.getSize()) {
            throw new ArtifactException(
                    WRONG_SIZE,
                    "%s has %d bytes, its record says %d".formatted(address, received.size(), file.getSize()));
        }
        if (!received.sha256().equals(file.getSha256().toLowerCase(Locale.ROOT))) {
            throw new ArtifactException(
                    WRONG_DIGEST,
                    "%s has SHA-256 %s, its record says %s".formatted(address, received.sha256(), file.getSha256()));
        }
    }

    private record Received(long size, String sha256) {}

    private static ResponseTransformer<GetObjectResponse, Received> into(Path to, long expected) {
        return (response, in) -> {
            long size = response.contentLength();
            if (size != expected) {
                // Not worth reading.
                in.abort();
                return new Received(size, "");
            }
            MessageDigest digest = FileTree.sha256();
            try (var out = FileChannel.open(
                    to, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                long count = copy(in, out, digest);
                if (count != size) {
                    throw RetryableException.create("the stream ended after " + count + " of " + size + " bytes");
                }
                out.force(true);
            } catch (IOException e) {
                // Of this machine's own file system: reading from the store fails with what the SDK retries.
                throw new UncheckedIOException(e);
            }
            return new Received(size, HexFormat.of().formatHex(digest.digest()));
        };
    }

    private static long copy(InputStream in, FileChannel out, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
            digest.update(buffer, 0, count);
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            size += count;
        }
        return size;
    }

    private static int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw RetryableException.create("the connection broke", e);
        }
    }
}
