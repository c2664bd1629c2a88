package dev.troupe.runtime.artifact;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The objects of one bucket, with failures as this package tells of them. */
final class S3Objects {
    /** Kept beside an object, as not every server keeps the checksum that an upload was verified with. */
    static final String SHA256 = "sha256";

    private final S3Client client;
    private final String bucket;

    S3Objects(S3Client client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    /** An object in a list. */
    record Found(String key, long size, Instant modified) {}

    /** What is known of an object without reading it; the digest is empty where none was noted. */
    record Facts(long size, String sha256) {}

    Optional<Facts> facts(String key) throws ArtifactException {
        return call("look for", key, () -> {
            try {
                HeadObjectResponse head =
                        client.headObject(request -> request.bucket(bucket).key(key));
                return Optional.of(
                        new Facts(head.contentLength(), head.metadata().getOrDefault(SHA256, "")));
            } catch (S3Exception e) {
                if (e.statusCode() == 404) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Every object whose key begins so. */
    List<Found> list(String prefix) throws ArtifactException {
        return call(
                "list",
                prefix,
                () ->
                        client
                                .listObjectsV2Paginator(
                                        request -> request.bucket(bucket).prefix(prefix))
                                .contents()
                                .stream()
                                .map(object -> new Found(object.key(), object.size(), object.lastModified()))
                                .toList());
    }

    /** Writes a small object. */
    void write(String key, byte[] content) throws ArtifactException {
        call(
                "write",
                key,
                () -> client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(content)));
    }

    void read(String key) throws ArtifactException {
        call(
                "read",
                key,
                () -> client.getObjectAsBytes(request -> request.bucket(bucket).key(key)));
    }

    /** One that is not there is as good as deleted. */
    void delete(String key) throws ArtifactException {
        call(
                "delete",
                key,
                () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    /** @param doing verb that tells what fails */
    <T> T call(String doing, String key, Supplier<T> call) throws ArtifactException {
        try {
            return call.get();
        } catch (SdkException e) {
            throw S3Faults.of("%s s3://%s/%s".formatted(doing, bucket, key), e);
        }
    }

    S3Client client() {
        return client;
    }

    String bucket() {
        return bucket;
    }
}
