package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.local.LocalModeException.Reason;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterIT {

    @TempDir
    Path dir;

    @Test
    void isReadyForTheServicesAndARestartKeepsAll() throws Exception {
        Task task = Task.newBuilder()
                .setTaskId("t1")
                .setEnvironment("coding")
                .setPrompt("Return the sum.")
                .build();
        Map<String, String> settings;
        try (LocalCluster cluster = LocalCluster.start(dir, 0, 0)) {
            settings = cluster.settings();
            assertThat(settings).containsOnlyKeys("kafka.bootstrap.servers", "schema.registry.url", "artifacts.dir");
            try (var clients = clients(cluster);
                    Admin admin = clients.admin("test");
                    Producer<byte[], byte[]> producer = clients.producer("test", Map.of())) {
                assertThat(TopicProvisioner.diff(admin, clients, new Provisioning(1, (short) 1)))
                        .isEmpty();
                producer.send(new ProducerRecord<>(
                                TopicCatalog.TASKS.name(),
                                "t1".getBytes(UTF_8),
                                clients.codec().encode(TopicCatalog.TASKS, task)))
                        .get(10, TimeUnit.SECONDS);
            }
        }
        try (LocalCluster cluster = LocalCluster.start(dir, 0, 0);
                var clients = clients(cluster)) {
            TopicProvisioner.verify(clients, Duration.ofSeconds(30));

            byte[] value = first(clients, TopicCatalog.TASKS);
            assertThat(clients.codec().decode(TopicCatalog.TASKS, value)).isEqualTo(task);
            assertThat(cluster.settings()).containsEntry("artifacts.dir", settings.get("artifacts.dir"));
            assertThat(cluster.fault()).isEmpty();
        }
    }

    @Test
    void takesThePartitionsItIsGiven() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(dir, 0, 0, new Provisioning(3, (short) 1));
                var clients = clients(cluster);
                Admin admin = clients.admin("test")) {
            assertThat(admin.describeTopics(List.of("turns")).allTopicNames().get(10, TimeUnit.SECONDS))
                    .hasEntrySatisfying(
                            "turns", topic -> assertThat(topic.partitions()).hasSize(3));
        }
    }

    @Test
    void aTakenRegistryPortLeavesNothingRunning() throws Exception {
        try (var taken = new ServerSocket(0, 1, Ports.loopback())) {
            assertThatThrownBy(() -> LocalCluster.start(dir, 0, taken.getLocalPort()))
                    .isInstanceOfSatisfying(
                            LocalModeException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE))
                    .hasMessageContaining("schema registry");
        }
        LocalCluster.start(dir, 0, 0).close();
    }

    private static KafkaClients clients(LocalCluster cluster) {
        return new KafkaClients(Settings.of(cluster.settings()));
    }

    private static byte[] first(KafkaClients clients, Topic<?> topic) {
        var partition = new TopicPartition(topic.name(), 0);
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (Consumer<byte[], byte[]> consumer = clients.consumer("test", null, Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (int i = 0; i < 50 && records.isEmpty(); i++) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records.getFirst().value();
    }
}
