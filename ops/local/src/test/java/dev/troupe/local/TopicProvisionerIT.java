package dev.troupe.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicProvisionerIT {

    private static final Provisioning PROVISIONING = new Provisioning(4, (short) 1, Duration.ofSeconds(20));

    @TempDir
    Path dir;

    private LocalBroker broker;
    private LocalRegistry registry;
    private KafkaClients clients;
    private Admin admin;

    @BeforeEach
    void start() {
        broker = LocalBroker.start(dir, 0);
        registry = LocalRegistry.start(broker.bootstrapServers(), 0);
        clients = new KafkaClients(Settings.of(
                Map.of("kafka.bootstrap.servers", broker.bootstrapServers(), "schema.registry.url", registry.url())));
        admin = clients.admin("test");
    }

    @AfterEach
    void close() {
        admin.close();
        clients.close();
        registry.close();
        broker.close();
    }

    @Test
    void makesTheClusterAsTheCatalogueSaysAndThenChangesNothing() throws Exception {
        List<String> before = TopicProvisioner.diff(admin, clients, PROVISIONING);

        TopicProvisioner.Applied first = TopicProvisioner.apply(admin, clients, PROVISIONING);
        TopicProvisioner.Applied second = TopicProvisioner.apply(admin, clients, PROVISIONING);

        assertThat(before).contains("topic tasks is missing", "subject tasks-value lacks this version's schema");
        assertThat(first.topics())
                .containsAll(TopicCatalog.all().stream().map(Topic::name).toList())
                .contains("dead-letters");
        assertThat(first.groups()).containsExactly("troupe-agents", "troupe-judges");
        assertThat(first.subjects()).hasSize(TopicCatalog.all().size());
        assertThat(second).isEqualTo(new TopicProvisioner.Applied(List.of(), List.of(), List.of()));
        assertThat(TopicProvisioner.diff(admin, clients, PROVISIONING)).isEmpty();
        assertThat(config(ConfigResource.Type.TOPIC, "model-versions")).containsEntry("cleanup.policy", "compact");
        assertThat(config(ConfigResource.Type.GROUP, "troupe-judges"))
                .containsEntry("share.auto.offset.reset", "earliest")
                .containsEntry("share.isolation.level", "read_committed")
                .containsEntry("share.record.lock.duration.ms", "20000")
                .containsEntry("share.delivery.count.limit", "6");
        TopicProvisioner.verify(clients, Duration.ofSeconds(10));
    }

    @Test
    void givesQueuesTheirOwnPartitionsAndLeavesShareGroupsAloneWhenNoneIsUsed() throws Exception {
        Provisioning provisioning = new Provisioning(1, (short) 1).withQueues(3, QueueProtocol.CONSUMER);

        TopicProvisioner.Applied applied = TopicProvisioner.apply(admin, clients, provisioning);

        assertThat(applied.groups()).isEmpty();
        assertThat(TopicProvisioner.diff(admin, clients, provisioning)).isEmpty();
        assertThat(TopicProvisioner.diff(admin, clients, new Provisioning(1, (short) 1)))
                .contains(
                        "topic turns has 3 partitions, asked for 1",
                        "topic steps has 3 partitions, asked for 1",
                        "group troupe-agents: share.auto.offset.reset is latest, should be earliest")
                .noneMatch(line -> line.startsWith("topic tasks") || line.startsWith("topic actions"));
    }

    @Test
    void losesNothingThatIsSentAtOnce() throws Exception {
        TopicProvisioner.apply(admin, clients, PROVISIONING);
        List<Future<RecordMetadata>> sent = new ArrayList<>();

        try (Producer<byte[], byte[]> producer = clients.producer("test", Map.of())) {
            for (int i = 0; i < 2000; i++) {
                for (Topic<?> topic : TopicCatalog.all()) {
                    sent.add(producer.send(new ProducerRecord<>(topic.name(), i % 4, new byte[] {1}, new byte[100])));
                }
            }
        }

        for (Future<RecordMetadata> one : sent) {
            assertThat(one.get(30, TimeUnit.SECONDS).hasOffset()).isTrue();
        }
    }

    @Test
    void tellsWhatDiffersAndLeavesItAlone() throws Exception {
        TopicProvisioner.apply(admin, clients, new Provisioning(1, (short) 1));

        List<String> differences = TopicProvisioner.diff(admin, clients, PROVISIONING);

        assertThat(differences)
                .contains(
                        "topic tasks has 1 partitions, asked for 4",
                        "group troupe-agents: share.record.lock.duration.ms is 30000, should be 20000");
        assertThat(TopicProvisioner.apply(admin, clients, PROVISIONING).topics())
                .isEmpty();
        assertThat(TopicProvisioner.diff(admin, clients, PROVISIONING))
                .contains("topic tasks has 1 partitions, asked for 4");
    }

    @Test
    void refusesASchemaThatDoesNotFitTheOneThere() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(registry.url() + "/subjects/tasks-value/versions"))
                            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"schema\":\"{\\\"type\\\":\\\"string\\\"}\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }

        var refusal = catchThrowableOfType(
                ClusterException.class, () -> TopicProvisioner.apply(admin, clients, PROVISIONING));

        assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.SCHEMA_INCOMPATIBLE);
        assertThat(refusal).hasMessageContaining("tasks-value");
    }

    @Test
    void saysWhatToRunWhenTheClusterIsEmpty() {
        var refusal = catchThrowableOfType(
                ClusterException.class, () -> TopicProvisioner.verify(clients, Duration.ofMillis(300)));

        assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.TOPICS_MISSING);
        assertThat(refusal).hasMessageContaining("tasks").hasMessageContaining("troupe topics apply");
    }

    @Test
    void saysWhereItLookedWhenNobodyAnswers() throws Exception {
        int nobody;
        try (var probe = new ServerSocket(0)) {
            nobody = probe.getLocalPort();
        }
        try (var lost = new KafkaClients(Settings.of(Map.of(
                "kafka.bootstrap.servers", "127.0.0.1:" + nobody,
                "schema.registry.url", "http://127.0.0.1:" + nobody)))) {
            var refusal = catchThrowableOfType(
                    ClusterException.class, () -> TopicProvisioner.verify(lost, Duration.ofMillis(300)));

            assertThat(refusal.reason()).isEqualTo(ClusterException.Reason.BROKER_UNREACHABLE);
            assertThat(refusal).hasMessageContaining("127.0.0.1:" + nobody);
        }
    }

    private Map<String, String> config(ConfigResource.Type type, String name) throws Exception {
        var resource = new ConfigResource(type, name);
        var config = Objects.requireNonNull(admin.describeConfigs(List.of(resource))
                .all()
                .get(10, TimeUnit.SECONDS)
                .get(resource));
        return config.entries().stream().collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }
}
