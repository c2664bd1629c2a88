package dev.troupe.cli.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a user has: Kafka's clients with Kafka's and Confluent's serializers, set up as console tools do it. Nothing of
 * ours.
 */
final class StandardTools {

    private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";
    private static final String TEXT = "org.apache.kafka.common.serialization.String";
    private static final String AVRO = "io.confluent.kafka.serializers.KafkaAvro";
    private static final Map<String, String> LARGE = Map.of("max.request.size", Integer.toString(64 << 20));
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, String> addresses;

    /** @param addresses {@code kafka.bootstrap.servers} and {@code schema.registry.url} */
    StandardTools(Map<String, String> addresses) {
        this.addresses = addresses;
    }

    void text(String topic, @Nullable String key, String value) throws InterruptedException, ExecutionException {
        send(TEXT, topic, key, value, Map.of());
    }

    void bytes(String topic, @Nullable String key, byte @Nullable [] value)
            throws InterruptedException, ExecutionException {
        send(BYTES, topic, key == null ? null : key.getBytes(UTF_8), value, LARGE);
    }

    /** With the schema that the registry already has. */
    void avro(String topic, String key, GenericRecord value) throws InterruptedException, ExecutionException {
        send(
                AVRO,
                topic,
                key.getBytes(UTF_8),
                value,
                Map.of("auto.register.schemas", "false", "use.latest.version", "true"));
    }

    <K, V> void send(String kind, String topic, @Nullable K key, @Nullable V value, Map<String, String> extra)
            throws InterruptedException, ExecutionException {
        var settings = new HashMap<String, Object>(extra);
        settings.put("bootstrap.servers", address("kafka.bootstrap.servers"));
        settings.put("schema.registry.url", address("schema.registry.url"));
        settings.put("key.serializer", (kind.equals(TEXT) ? TEXT : BYTES) + "Serializer");
        settings.put("value.serializer", kind + "Serializer");
        try (var producer = new KafkaProducer<K, V>(settings)) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    void large(String topic, String key, String value, Map<String, String> extra)
            throws InterruptedException, ExecutionException {
        var settings = new HashMap<>(extra);
        settings.putAll(LARGE);
        send(TEXT, topic, key, value, settings);
    }

    /** Reads committed records from the beginning until there are enough of them. */
    List<GenericRecord> records(String topic, Duration patience, Predicate<List<GenericRecord>> enough) {
        var values = new ArrayList<GenericRecord>();
        this.<GenericRecord>follow(AVRO, topic, patience, record -> {
            values.add(record.value());
            return enough.test(values);
        });
        return values;
    }

    /** The first dead letter that is sought, with its bytes as they are. */
    ConsumerRecord<byte[], byte[]> deadLetter(Duration patience, Predicate<ConsumerRecord<byte[], byte[]>> sought) {
        var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        this.<byte[]>follow(BYTES, "dead-letters", patience, record -> {
            if (sought.test(record)) {
                found.add(record);
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    private <V> void follow(String kind, String topic, Duration patience, Predicate<ConsumerRecord<byte[], V>> enough) {
        var settings = Map.<String, Object>of(
                "bootstrap.servers",
                address("kafka.bootstrap.servers"),
                "schema.registry.url",
                address("schema.registry.url"),
                "key.deserializer",
                BYTES + "Deserializer",
                "value.deserializer",
                kind + "Deserializer",
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                "false");
        long deadline = System.nanoTime() + patience.toNanos();
        int seen = 0;
        try (var consumer = new KafkaConsumer<byte[], V>(settings)) {
            var partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], V> record : consumer.poll(POLL)) {
                    seen++;
                    if (enough.test(record)) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("not found among %d records of %s within %s".formatted(seen, topic, patience));
    }

    private String address(String key) {
        String address = addresses.get(key);
        if (address == null) {
            throw new IllegalStateException(key + " is not given");
        }
        return address;
    }
}
