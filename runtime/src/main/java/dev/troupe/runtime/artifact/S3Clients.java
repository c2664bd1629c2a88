package dev.troupe.runtime.artifact;

import dev.troupe.runtime.config.ConfigException;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/** Makes the SDK's client. */
final class S3Clients {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** How long a connection may be silent. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** With the SDK's back-off about ten seconds in all, when connections are refused at once. */
    private static final int ATTEMPTS = 8;

    private S3Clients() {}

    static S3Client of(ArtifactOptions.S3 options) {
        S3Server server = options.server();
        var builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(SILENCE))
                .overrideConfiguration(client -> client.retryStrategy(
                        StandardRetryStrategy.builder().maxAttempts(ATTEMPTS).build()))
                // Files carry SHA-256 of their own; other servers refuse what the SDK would add to the rest.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .forcePathStyle(server.pathStyle());
        server.endpoint().ifPresent(builder::endpointOverride);
        server.region().map(Region::of).ifPresent(builder::region);
        options.keys()
                .ifPresent(keys -> builder.credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(keys.access(), keys.secret()))));
        try {
            return builder.build();
        } catch (SdkClientException e) {
            // All else is given; only the region is looked for when the client is made.
            throw new ConfigException(
                    List.of("artifacts.s3.region is missing, and the SDK finds none: " + e.getMessage()));
        }
    }
}
