package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.ModelVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicReaderIT {

    @TempDir
    Path dir;

    private final LinkedBlockingQueue<String> read = new LinkedBlockingQueue<>();

    @Test
    void readsFromTheBeginningFollowsAndSurvivesARestartOfTheBroker() throws Exception {
        LocalCluster cluster = LocalCluster.start(dir, 0, 0, new Provisioning(2, (short) 1));
        int brokerPort = URI.create("kafka://" + cluster.bootstrapServers()).getPort();
        int registryPort = URI.create(cluster.registryUrl()).getPort();
        var meters = new SimpleMeterRegistry();
        try (var clients = new KafkaClients(Settings.of(cluster.settings()), meters);
                var writer = new TopicWriter(clients, "test")) {
            publish(writer, "coder", 0);
            publish(writer, "writer", 0);
            sendGarbageAndTombstone(clients);
            try (var reader = new TopicReader<>(
                    clients,
                    "test",
                    TopicCatalog.MODEL_VERSIONS,
                    record -> read.add(record.key() + record.value().getVersion()))) {
                assertThat(reader.ready()).isFalse();
                reader.start();

                assertThat(reader.awaitCaughtUp(Duration.ofSeconds(30))).isTrue();

                assertThat(read).containsExactlyInAnyOrder("coder0", "writer0");
                assertThat(reader.ready()).isTrue();
                assertThat(meters.get("troupe.reader.unreadable").counter().count())
                        .isEqualTo(1);

                publish(writer, "coder", 1);
                await().atMost(Duration.ofSeconds(30)).until(() -> read.contains("coder1"));

                cluster.close();
                cluster = LocalCluster.start(dir, brokerPort, registryPort);
                publish(writer, "coder", 2);
                await().atMost(Duration.ofSeconds(60)).until(() -> read.contains("coder2"));
                assertThat(read).containsExactlyInAnyOrder("coder0", "writer0", "coder1", "coder2");
                assertThat(meters.find("kafka.consumer.fetch.manager.records.consumed.total")
                                .meters())
                        .isNotEmpty();
            }
        } finally {
            cluster.close();
        }
    }

    private static void publish(TopicWriter writer, String policy, int version) throws InterruptedException {
        ModelVersion record = ModelVersion.newBuilder()
                .setPolicyId(policy)
                .setVersion(version)
                .setTeamId("team")
                .setArtifactUri("file:///none")
                .setFiles(List.of(new ArtifactFile("config.json", "00", 1L)))
                .setTrainingStep(version)
                .setCreatedAt(0)
                .build();
        TopicWriter.await(List.of(writer.send(TopicCatalog.MODEL_VERSIONS, policy, record)));
    }

    private static void sendGarbageAndTombstone(KafkaClients clients) throws Exception {
        try (Producer<byte[], byte[]> producer = clients.producer("garbage", Map.of())) {
            for (var record : List.<ProducerRecord<byte[], byte[]>>of(
                    new ProducerRecord<>("model-versions", "coder".getBytes(UTF_8), "garbage".getBytes(UTF_8)),
                    new ProducerRecord<>("model-versions", "coder".getBytes(UTF_8), null))) {
                producer.send(record).get(10, TimeUnit.SECONDS);
            }
        }
    }
}
