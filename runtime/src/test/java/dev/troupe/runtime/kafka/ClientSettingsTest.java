package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientSettingsTest {

    @Test
    void findsALocalClusterByItself() {
        var settings = new ClientSettings(Settings.of(Map.of()));

        assertThat(settings.bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(settings.registry()).containsEntry("schema.registry.url", "http://localhost:8081");
        assertThat(settings.producer()).containsEntry("acks", "all").containsEntry("enable.idempotence", true);
        assertThat(settings.consumer())
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("enable.auto.commit", false);
        assertThat(settings.shareConsumer())
                .containsEntry("share.acknowledgement.mode", "explicit")
                .containsEntry("share.acquire.mode", "record_limit");
        assertThat(settings.streams()).containsEntry("processing.guarantee", "exactly_once_v2");
    }

    @Test
    void passesSettingsThroughToTheClientsThatKnowThem() {
        var all = Settings.of(Map.of(
                "kafka.bootstrap.servers", "b:1",
                "kafka.security.protocol", "SASL_SSL",
                "kafka.linger.ms", "50",
                "kafka.fetch.min.bytes", "7",
                "kafka.session.timeout.ms", "6000",
                "kafka.my.interceptor.mode", "x"));
        var settings = new ClientSettings(all);

        assertThat(settings.producer())
                .containsEntry("bootstrap.servers", "b:1")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "50")
                .containsEntry("my.interceptor.mode", "x")
                .doesNotContainKey("fetch.min.bytes");
        assertThat(settings.consumer())
                .containsEntry("fetch.min.bytes", "7")
                .containsEntry("session.timeout.ms", "6000")
                .doesNotContainKey("linger.ms");
        assertThat(settings.shareConsumer()).doesNotContainKey("session.timeout.ms");
        assertThat(settings.admin())
                .containsEntry("security.protocol", "SASL_SSL")
                .doesNotContainKey("linger.ms");
        assertThatCode(all::check).doesNotThrowAnyException();
    }

    @Test
    void givesQueuesAGroupThatOldBrokersKnow() {
        var options = new WorkQueueOptions(8, Duration.ofSeconds(10), 5, QueueProtocol.CONSUMER);
        var given = new ClientSettings(Settings.of(Map.of(
                "kafka.group.protocol", "consumer",
                "kafka.group.remote.assignor", "uniform",
                "kafka.auto.offset.reset", "latest",
                "kafka.session.timeout.ms", "7000")));

        assertThat(new ClientSettings(Settings.of(Map.of())).groupConsumer(options))
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("enable.auto.commit", false)
                .containsEntry("max.poll.records", 8)
                .containsEntry("session.timeout.ms", "10000");
        assertThat(sessionTimeout(Duration.ofSeconds(30))).isEqualTo("10000");
        assertThat(sessionTimeout(Duration.ofSeconds(7))).isEqualTo("7000");
        assertThat(sessionTimeout(Duration.ofSeconds(1))).isEqualTo("6000");
        assertThat(given.groupConsumer(options))
                .containsEntry("group.protocol", "classic")
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry(
                        "partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")
                .containsEntry("session.timeout.ms", "7000")
                .doesNotContainKey("group.remote.assignor");
    }

    private static String sessionTimeout(Duration lock) {
        var options = new WorkQueueOptions(8, lock, 5, QueueProtocol.CONSUMER);
        return String.valueOf(
                new ClientSettings(Settings.of(Map.of())).groupConsumer(options).get("session.timeout.ms"));
    }

    @Test
    void refusesWhatTroupeMustOwn() {
        var all = Settings.of(Map.of(
                "schema.registry.use.latest.version", "true",
                "schema.registry.use.schema.id", "-1",
                "kafka.acks", "1",
                "kafka.enable.idempotence", "true",
                "kafka.isolation.level", "read_uncommitted",
                "kafka.group.id", "mine"));
        var settings = new ClientSettings(all);

        assertThat(settings.producer()).containsEntry("acks", "all");
        assertThat(settings.registry())
                .doesNotContainKeys("use.latest.version", "schema.registry.use.latest.version", "use.schema.id");
        assertThatThrownBy(all::check)
                .hasMessageContaining("schema.registry.use.latest.version must not be set: records are written with")
                .hasMessageNotContaining("use.schema.id")
                .hasMessageContaining("kafka.acks must not be set: a record that is not on all replicas can be lost")
                .hasMessageContaining("kafka.isolation.level must not be set")
                .hasMessageContaining("kafka.group.id must not be set")
                .hasMessageNotContaining("idempotence");
    }

    @Test
    void givesTheRegistryClientItsCredentialsAndTls() {
        var settings = new ClientSettings(Settings.of(Map.of(
                "schema.registry.url", "https://r:8081",
                "schema.registry.basic.auth.credentials.source", "USER_INFO",
                "schema.registry.ssl.truststore.location", "/trust")));

        assertThat(settings.registry())
                .containsEntry("schema.registry.url", "https://r:8081")
                .containsEntry("basic.auth.credentials.source", "USER_INFO")
                .containsEntry("schema.registry.ssl.truststore.location", "/trust")
                .doesNotContainKey("url");
    }
}
