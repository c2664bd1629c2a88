package dev.troupe.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.troupe.local.LocalModeException.Reason;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRegistryIT extends RegistryConformance {

    private static LocalBroker broker;
    private static LocalRegistry registry;

    @BeforeAll
    static void start(@TempDir Path dir) {
        broker = LocalBroker.start(dir, 0);
        registry = LocalRegistry.start(broker.bootstrapServers(), 0);
    }

    @AfterAll
    static void stop() {
        registry.close();
        broker.close();
    }

    @Override
    protected String url() {
        return registry.url();
    }

    private static void restart() {
        int port = URI.create(registry.url()).getPort();
        registry.close();
        registry = LocalRegistry.start(broker.bootstrapServers(), port);
    }

    private static Task task() {
        return Task.newBuilder()
                .setTaskId("t1")
                .setEnvironment("coding")
                .setPrompt("Return the sum.")
                .build();
    }

    @Test
    void defaultsToBackward() throws Exception {
        assertThat(get("/config").body().get("compatibilityLevel").asText()).isEqualTo("BACKWARD");
    }

    /** Where other registries are known to differ from Confluent's. */
    @Test
    void answersAsConfluentsDoesInCorners() throws Exception {
        get(path("/config/{s}")).isError(404, 40408);
        assertThat(get(path("/config/{s}?defaultToGlobal=true"))
                        .body()
                        .get("compatibilityLevel")
                        .asText())
                .isEqualTo(get("/config").body().get("compatibilityLevel").asText());
        get(path("/mode/{s}")).isError(404, 40409);
        get(path("/subjects/{s}/versions/zero")).isError(422, 42202);
        call("PUT", path("/config/{s}"), Map.of("compatibility", "NONE"));
        register(V1);
        register(V3_RETYPED);
        call("PUT", path("/config/{s}"), Map.of("compatibility", "BACKWARD"));
        String next = record("{'name':'a','type':'int'},{'name':'c','type':'int','default':1}");

        assertThat(call("POST", path("/compatibility/subjects/{s}/versions"), Map.of("schema", next))
                        .body()
                        .get("is_compatible")
                        .asBoolean())
                .as("a level that is not transitive looks at the latest version only")
                .isTrue();
    }

    @Test
    void explainsAnIncompatibilityInConfluentsWords() throws Exception {
        register(V1);

        Answer no = call(
                "POST",
                path("/compatibility/subjects/{s}/versions/latest?verbose=true"),
                Map.of("schema", V2_WITHOUT_DEFAULT));

        assertThat(no.body().get("messages").toString()).contains("READER_FIELD_MISSING_DEFAULT_VALUE");
    }

    @Test
    void aRestartKeepsSchemasAndLevels() throws Exception {
        int id = register(V1);
        call("PUT", path("/config/{s}"), Map.of("compatibility", "FULL_TRANSITIVE"));

        restart();

        assertThat(register(V1)).isEqualTo(id);
        assertThat(get(path("/config/{s}")).body().get("compatibilityLevel").asText())
                .isEqualTo("FULL_TRANSITIVE");
        assertThat(register(V2_WITH_DEFAULT)).isGreaterThan(id);
        assertThat(get(path("/subjects/{s}/versions")).body().toString()).isEqualTo("[1,2]");
    }

    @Test
    void writesConfluentsLayout() throws Exception {
        int id = register(V1);
        call("PUT", path("/config/{s}"), Map.of("compatibility", "FULL"));

        assertThat(records())
                .filteredOn(record -> record.key().contains(subject))
                .extracting(ConsumerRecord::key, ConsumerRecord::value)
                .containsExactly(
                        tuple(
                                "{\"keytype\":\"SCHEMA\",\"subject\":\"%s\",\"version\":1,\"magic\":1}"
                                        .formatted(subject),
                                "{\"subject\":\"%s\",\"version\":1,\"id\":%d,\"schema\":\"%s\",\"deleted\":false}"
                                        .formatted(
                                                subject,
                                                id,
                                                new AvroSchema(V1)
                                                        .canonicalString()
                                                        .replace("\"", "\\\""))),
                        tuple(
                                "{\"keytype\":\"CONFIG\",\"subject\":\"%s\",\"magic\":0}".formatted(subject),
                                "{\"compatibilityLevel\":\"FULL\"}"));
    }

    @Test
    void readsDeletionsAndSkipsWhatItCannotRead() throws Exception {
        int id = register(V1);
        register(V2_WITH_DEFAULT);
        append("{\"keytype\":\"NOOP\",\"magic\":0}", "");
        append("not json", "not json");
        append(
                "{\"keytype\":\"DELETE_SUBJECT\",\"subject\":\"%s\",\"magic\":0}".formatted(subject),
                "{\"subject\":\"%s\",\"version\":2}".formatted(subject));

        restart();

        get(path("/subjects/{s}/versions")).isError(404, 40401);
        assertThat(get("/schemas/ids/" + id).status())
                .as("records written with it stay readable")
                .isEqualTo(200);
        register(V1);
        assertThat(get(path("/subjects/{s}/versions")).body().toString())
                .as("a version is never given out twice")
                .isEqualTo("[3]");
    }

    @Test
    void concurrentRegistrationsAgree() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> registration = () -> register(V1);
            var ids = new ArrayList<Integer>();
            for (Future<Integer> id : threads.invokeAll(Collections.nCopies(16, registration))) {
                ids.add(id.get());
            }
            assertThat(ids).containsOnly(ids.getFirst());
        }
        assertThat(get(path("/subjects/{s}/versions")).body().toString()).isEqualTo("[1]");
    }

    @Test
    void refusesWhatItDoesNotOffer() throws Exception {
        call("POST", path("/subjects/{s}/versions"), Map.of("schema", "{}", "schemaType", "JSON"))
                .isError(422, 42201);
        call("DELETE", path("/subjects/{s}/versions"), Map.of()).isError(405, 405);
        call("POST", path("/subjects/{s}/versions"), List.of()).isError(400, 400);
        get("/nothing").isError(404, 404);
        call("POST", path("/subjects/{s}/versions"), Map.of("schema", "x".repeat(5 << 20)))
                .isError(413, 413);
    }

    @Test
    void namesThePortThatIsInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, Ports.loopback())) {
            assertThatThrownBy(() -> LocalRegistry.start(broker.bootstrapServers(), taken.getLocalPort()))
                    .isInstanceOfSatisfying(
                            LocalModeException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE))
                    .hasMessageContaining("port " + taken.getLocalPort());
        }
    }

    @Test
    void confluentsClientWorksWithIt() throws Exception {
        try (var client = new CachedSchemaRegistryClient(List.of(url()), 10)) {
            var schema = new AvroSchema(V1);
            int id = client.register(subject, schema);

            assertThat(client.getId(subject, schema)).isEqualTo(id);
            assertThat(client.getLatestSchemaMetadata(subject).getVersion()).isEqualTo(1);
            assertThat(client.getAllVersions(subject)).containsExactly(1);
            assertThat(client.testCompatibility(subject, new AvroSchema(V2_WITHOUT_DEFAULT)))
                    .isFalse();
            assertThat(client.updateCompatibility(subject, "FULL")).isEqualTo("FULL");
            assertThat(client.getCompatibility(subject)).isEqualTo("FULL");
        }
    }

    @Test
    void recordsTravelThroughConfluentsSerializersAndSurviveAnOutage() throws Exception {
        try (var codec = codec(true);
                var cold = codec(false)) {
            byte[] bytes = codec.encode(TopicCatalog.TASKS, task());
            assertThat(codec.decode(TopicCatalog.TASKS, bytes)).isEqualTo(task());

            int port = URI.create(registry.url()).getPort();
            registry.close();
            try {
                assertThat(codec.decode(TopicCatalog.TASKS, bytes)).as("cached").isEqualTo(task());
                assertThatThrownBy(() -> cold.decode(TopicCatalog.TASKS, bytes))
                        .isInstanceOf(RegistryUnavailableException.class);
                assertThatThrownBy(() -> cold.encode(TopicCatalog.TASKS, task()))
                        .isInstanceOf(RegistryUnavailableException.class);
            } finally {
                registry = LocalRegistry.start(broker.bootstrapServers(), port);
            }

            assertThat(cold.decode(TopicCatalog.TASKS, bytes)).isEqualTo(task());
            assertThat(cold.encode(TopicCatalog.TASKS, task())).isEqualTo(bytes);
        }
    }

    @Test
    void anUnknownSchemaIsTheRecordsFault() throws Exception {
        try (var codec = codec(false)) {
            assertThatThrownBy(() -> codec.decode(TopicCatalog.TURNS, new byte[] {0, 0x7f, 0, 0, 1, 2}))
                    .isInstanceOf(MalformedRecordException.class);
        }
    }

    private RecordCodec codec(boolean registers) {
        return new RecordCodec(
                Map.of("schema.registry.url", url(), "max.retries", 0, "auto.register.schemas", registers));
    }

    private static List<ConsumerRecord<String, String>> records() {
        var partition = new TopicPartition("_schemas", 0);
        var records = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static void append(String key, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("_schemas", 0, key, value)).get();
        }
    }
}
