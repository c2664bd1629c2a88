package dev.troupe.runtime.artifact;

import static dev.troupe.runtime.artifact.ArtifactException.Reason.UNREADABLE;
import static dev.troupe.runtime.artifact.ArtifactException.Reason.WRONG_DIGEST;

import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Sends a file, in parts where it is large; none of it is held in memory. What is sent is digested again first, and the
 * server verifies that digest.
 */
final class S3Upload {
    private static final Logger LOGGER = LoggerFactory.getLogger(S3Upload.class);
    private static final String MEDIA_TYPE = "application/octet-stream";

    /** Of S3. */
    private static final int MOST_PARTS = 10_000;

    private final S3Objects objects;
    private final S3Client client;
    private final String bucket;
    private final long partBytes;

    /** @param partBytes larger files are sent in parts of this size, or larger ones if they would be too many */
    S3Upload(S3Objects objects, long partBytes) {
        this.objects = objects;
        this.client = objects.client();
        this.bucket = objects.bucket();
        this.partBytes = partBytes;
    }

    /** @param file as it was when its digest was taken; if it is another one now, the server refuses it */
    void send(Path path, ArtifactFile file, String key) throws ArtifactException {
        if (file.getSize() <= partBytes) {
            whole(path, file, key);
        } else {
            parts(path, file, key);
        }
    }

    private void whole(Path path, ArtifactFile file, String key) throws ArtifactException {
        MessageDigest digest = FileTree.sha256();
        String checksum = checksum(path, 0, file.getSize(), digest);
        check(path, file, digest);
        objects.call(
                "write",
                key,
                () -> client.putObject(
                        request -> request.bucket(bucket)
                                .key(key)
                                .checksumSHA256(checksum)
                                .metadata(Map.of(S3Objects.SHA256, file.getSha256())),
                        body(path, 0, file.getSize())));
    }

    private void parts(Path path, ArtifactFile file, String key) throws ArtifactException {
        String upload = objects.call(
                "begin",
                key,
                () -> client.createMultipartUpload(request -> request.bucket(bucket)
                                .key(key)
                                .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                                .metadata(Map.of(S3Objects.SHA256, file.getSha256())))
                        .uploadId());
        boolean complete = false;
        try {
            List<CompletedPart> parts = sendParts(path, file, key, upload);
            objects.call(
                    "complete",
                    key,
                    () -> client.completeMultipartUpload(request ->
                            request.bucket(bucket).key(key).uploadId(upload).multipartUpload(all -> all.parts(parts))));
            complete = true;
        } finally {
            if (!complete) {
                abort(key, upload);
            }
        }
    }

    private List<CompletedPart> sendParts(Path path, ArtifactFile file, String key, String upload)
            throws ArtifactException {
        long size = file.getSize();
        long length = Math.max(partBytes, Math.ceilDiv(size, MOST_PARTS));
        MessageDigest digest = FileTree.sha256();
        var parts = new ArrayList<CompletedPart>();
        for (long offset = 0; offset < size; offset += length) {
            var part = new Part(parts.size() + 1, offset, Math.min(length, size - offset));
            parts.add(send(part, path, key, upload, digest));
        }
        check(path, file, digest);
        return parts;
    }

    private record Part(int number, long offset, long length) {}

    private CompletedPart send(Part part, Path path, String key, String upload, MessageDigest digest)
            throws ArtifactException {
        String checksum = checksum(path, part.offset(), part.length(), digest);
        String tag = objects.call(
                "write part " + part.number() + " of",
                key,
                () -> client.uploadPart(
                                request -> request.bucket(bucket)
                                        .key(key)
                                        .uploadId(upload)
                                        .partNumber(part.number())
                                        .checksumSHA256(checksum),
                                body(path, part.offset(), part.length()))
                        .eTag());
        return CompletedPart.builder()
                .partNumber(part.number())
                .eTag(tag)
                .checksumSHA256(checksum)
                .build();
    }

    /** Parts of an upload that does not end are paid for until somebody takes them away. */
    private void abort(String key, String upload) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException e) {
            LOGGER.atWarn()
                    .addKeyValue("key", key)
                    .addKeyValue("error", e.getMessage())
                    .log("parts are left behind");
        }
    }

    private static RequestBody body(Path path, long offset, long length) {
        // Opened again for every attempt.
        return RequestBody.fromContentProvider(
                () -> {
                    try {
                        return new FileRegion(path, offset, length);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                length,
                MEDIA_TYPE);
    }

    /** @param whole takes the same bytes, after those of the regions before */
    private static String checksum(Path path, long offset, long length, MessageDigest whole) throws ArtifactException {
        MessageDigest digest = FileTree.sha256();
        byte[] buffer = new byte[1 << 16];
        try (var region = new FileRegion(path, offset, length)) {
            for (int count = region.read(buffer); count >= 0; count = region.read(buffer)) {
                digest.update(buffer, 0, count);
                whole.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw new ArtifactException(UNREADABLE, "cannot read " + path + ": " + e, e);
        }
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    private static void check(Path path, ArtifactFile file, MessageDigest digest) throws ArtifactException {
        if (!HexFormat.of().formatHex(digest.digest()).equals(file.getSha256())) {
            throw new ArtifactException(WRONG_DIGEST, path + " was changed while it was published: publish it again");
        }
    }
}
