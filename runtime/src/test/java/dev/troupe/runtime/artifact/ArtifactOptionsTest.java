package dev.troupe.runtime.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArtifactOptionsTest {

    @Test
    void isAFolderByDefault() {
        var settings = Settings.of(Map.of());

        assertThat(ArtifactOptions.read(settings)).isEqualTo(new ArtifactOptions.Folder(Path.of("artifacts")));

        settings.check();
    }

    @Test
    void mapsEveryKey() {
        var settings = Settings.of(Map.of(
                "artifacts.store", "s3",
                "artifacts.dir", "cache",
                "artifacts.cache.max.bytes", "2GiB",
                "artifacts.s3.bucket", "models",
                "artifacts.s3.prefix", "team/one",
                "artifacts.s3.endpoint", "http://localhost:8333",
                "artifacts.s3.region", "eu-central-1",
                "artifacts.s3.path.style", "false",
                "artifacts.s3.access.key", "someone",
                "artifacts.s3.secret.key", "something"));

        assertThat(ArtifactOptions.read(settings))
                .isEqualTo(new ArtifactOptions.S3(
                        Path.of("cache"),
                        2L << 30,
                        new S3Location("models", "team/one/"),
                        new S3Server(
                                Optional.of(URI.create("http://localhost:8333")), Optional.of("eu-central-1"), false),
                        Optional.of(new S3Keys("someone", "something"))));

        settings.check();
        assertThat(settings.describe()).doesNotContain("someone").doesNotContain("something");
    }

    @Test
    void anEndpointOfOnesOwnNeedsNoMoreThanABucket() {
        var settings = Settings.of(Map.of(
                "artifacts.store",
                "s3",
                "artifacts.s3.bucket",
                "models",
                "artifacts.s3.endpoint",
                "http://store:8333"));

        assertThat(ArtifactOptions.read(settings)).isInstanceOfSatisfying(ArtifactOptions.S3.class, s3 -> {
            assertThat(s3.server().pathStyle()).isTrue();
            assertThat(s3.server().region()).contains("us-east-1");
            assertThat(s3.keys()).isEmpty();
            assertThat(s3.cacheBytes()).isEqualTo(10L << 30);
            assertThat(s3.location().root()).hasToString("s3://models/");
        });
        settings.check();
    }

    @Test
    void amazonsOwnTakesTheRegionThatTheSdkFinds() {
        var settings = Settings.of(Map.of("artifacts.store", "s3", "artifacts.s3.bucket", "models"));

        assertThat(ArtifactOptions.read(settings))
                .isInstanceOfSatisfying(
                        ArtifactOptions.S3.class,
                        s3 -> assertThat(s3.server())
                                .isEqualTo(new S3Server(Optional.empty(), Optional.empty(), false)));
    }

    @Test
    void reportsEveryProblemTogether() {
        var settings = Settings.of(Map.of(
                "artifacts.store", "s3",
                "artifacts.s3.endpoint", "store:8333",
                "artifacts.s3.access.key", "someone",
                "artifacts.cache.max.bytes", "0B"));

        ArtifactOptions.read(settings);

        var e = catchThrowableOfType(ConfigException.class, settings::check);
        assertThat(e.problems())
                .hasSize(4)
                .anyMatch(problem -> problem.startsWith("artifacts.s3.bucket is missing"))
                .anyMatch(problem -> problem.contains("'store:8333' is not like http://localhost:8333"))
                .anyMatch(problem -> problem.startsWith("artifacts.s3.secret.key is missing"))
                .anyMatch(problem -> problem.startsWith("artifacts.cache.max.bytes must be"));
    }

    @Test
    void refusesOtherStoresAndNames() {
        var settings = Settings.of(Map.of("artifacts.store", "hdfs"));
        ArtifactOptions.read(settings);
        assertThat(catchThrowableOfType(ConfigException.class, settings::check))
                .hasMessageContaining("'hdfs' is neither file nor s3");

        var named = Settings.of(
                Map.of("artifacts.store", "s3", "artifacts.s3.bucket", "models", "artifacts.s3.prefix", "../others"));
        ArtifactOptions.read(named);
        assertThat(catchThrowableOfType(ConfigException.class, named::check))
                .hasMessageContaining("prefix '../others/' is not like team/models");
    }
}
