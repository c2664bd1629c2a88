package dev.troupe.runtime.artifact;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobApiMetadata;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;
import org.jspecify.annotations.Nullable;

/** S3Proxy, a server of the S3 protocol, over a store in memory that outlives stops of the server. */
public final class ObjectServer implements AutoCloseable {
    static final S3Keys KEYS = new S3Keys("someone", "something");
    static final String BUCKET = "models";

    private final BlobStoreContext blobs;
    private int port;
    private @Nullable S3Proxy proxy;

    public ObjectServer() throws Exception {
        // By its class: by name, all the clouds that it can stand before would have to be here.
        blobs = ContextBuilder.newBuilder(new TransientNio2BlobApiMetadata())
                .credentials("nobody", "nothing")
                .overrides(new Properties())
                .build(BlobStoreContext.class);
        blobs.getBlobStore().createContainerInLocation(null, BUCKET);
        start();
    }

    /** On the same port as before. */
    void start() throws Exception {
        S3Proxy starting = S3Proxy.builder()
                .blobStore(blobs.getBlobStore())
                .awsAuthentication(AuthenticationType.AWS_V4, KEYS.access(), KEYS.secret())
                .endpoint(URI.create("http://127.0.0.1:" + port))
                // It knows no checksum headers.
                .ignoreUnknownHeaders(true)
                .build();
        starting.start();
        await().atMost(Duration.ofSeconds(10)).until(() -> starting.getState().equals("STARTED"));
        port = starting.getPort();
        proxy = starting;
    }

    void stop() throws Exception {
        if (proxy != null) {
            proxy.stop();
            proxy = null;
        }
    }

    int port() {
        return port;
    }

    ArtifactOptions.S3 options(Path cache, long cacheBytes) {
        return options(cache, cacheBytes, port, KEYS, BUCKET);
    }

    static ArtifactOptions.S3 options(Path cache, long cacheBytes, int port, S3Keys keys, String bucket) {
        var server = new S3Server(Optional.of(URI.create("http://127.0.0.1:" + port)), Optional.of("us-east-1"), true);
        return new ArtifactOptions.S3(cache, cacheBytes, new S3Location(bucket, "team/one"), server, Optional.of(keys));
    }

    /** What a service needs to find it. */
    public Map<String, String> settings() {
        return Map.of(
                "artifacts.store",
                "s3",
                "artifacts.s3.bucket",
                BUCKET,
                "artifacts.s3.endpoint",
                "http://127.0.0.1:" + port,
                "artifacts.s3.access.key",
                KEYS.access(),
                "artifacts.s3.secret.key",
                KEYS.secret());
    }

    /** The keys of all objects. */
    public List<String> keys() {
        return blobs.getBlobStore().list(BUCKET, ListContainerOptions.Builder.recursive()).stream()
                .map(StorageMetadata::getName)
                .toList();
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (Exception e) {
            // Jetty declares no less.
            throw new IOException("the object server did not stop", e);
        } finally {
            blobs.close();
        }
    }
}
