package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic {@code _schemas}. The registry's state is only ever what this log says: a write is appended and then read
 * back, so a write whose acknowledgement was lost cannot leave memory and log apart. Owned by one thread at a time.
 */
final class SchemaLog implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(SchemaLog.class);
    private static final String TOPIC = "_schemas";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);
    private static final String TIMEOUT_MILLIS = "15000";

    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final java.util.function.Consumer<SchemaEntry> reader;
    private boolean unsettled;

    /** Creates the topic when it is missing and reads it to its end. */
    SchemaLog(String bootstrapServers, java.util.function.Consumer<SchemaEntry> reader)
            throws InterruptedException, TimeoutException {
        this.reader = reader;
        Map<String, Object> common = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "troupe-registry",
                "request.timeout.ms",
                "5000",
                "default.api.timeout.ms",
                TIMEOUT_MILLIS);
        createTopic(common);
        this.producer = new KafkaProducer<>(
                with(common, "acks", "all", "delivery.timeout.ms", TIMEOUT_MILLIS, "max.block.ms", TIMEOUT_MILLIS),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                with(common, "enable.auto.commit", "false", "auto.offset.reset", "earliest", "fetch.max.wait.ms", "50"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        try {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            catchUp();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Map<String, Object> with(Map<String, Object> base, String... more) {
        var all = new HashMap<>(base);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static void createTopic(Map<String, Object> settings) throws InterruptedException, TimeoutException {
        var topic = new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
        try (Admin admin = Admin.create(settings)) {
            try {
                admin.createTopics(List.of(topic)).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new KafkaException("cannot create the topic " + TOPIC, e.getCause());
                }
            }
            awaitOpen(admin);
        }
    }

    /** Records sent to a partition that is still opening can be lost (KAFKA-15591), so wait until it answers. */
    private static void awaitOpen(Admin admin) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                var _ = admin.listOffsets(Map.of(PARTITION, OffsetSpec.latest()))
                        .all()
                        .get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RetriableException)) {
                    throw new KafkaException("cannot read the topic " + TOPIC, e.getCause());
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException("the topic %s did not open within 30 s".formatted(TOPIC));
                }
            }
        }
    }

    /** Hands every record that was appended before this call to the reader. */
    private void catchUp() {
        readTo(consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L));
    }

    private void readTo(long end) {
        long deadline = System.nanoTime() + READ_WITHIN.toNanos();
        while (consumer.position(PARTITION) < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new KafkaException(
                        "cannot read the topic %s to its end within %d s".formatted(TOPIC, READ_WITHIN.toSeconds()));
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                read(record);
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            reader.accept(SchemaEntry.decode(record.key(), record.value()));
        } catch (RuntimeException e) {
            // Bad data of somebody else: one record must not keep the registry from starting.
            LOGGER.atWarn()
                    .addKeyValue("topic", TOPIC)
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("error", e.getMessage())
                    .log("skipped an unreadable record");
        }
    }

    /** To be called before a write is decided: a write that failed may still have reached the log. */
    void settle() {
        if (unsettled) {
            catchUp();
            unsettled = false;
        }
    }

    /** Appends one record durably and returns when the reader has had it. */
    void append(SchemaEntry entry) throws InterruptedException {
        SchemaEntry.Encoded encoded = SchemaEntry.encode(entry);
        var record = new ProducerRecord<>(
                TOPIC, 0, encoded.key().getBytes(UTF_8), encoded.value().getBytes(UTF_8));
        unsettled = true;
        try {
            readTo(producer.send(record).get().offset() + 1);
        } catch (ExecutionException e) {
            throw new KafkaException("cannot append to the topic " + TOPIC, e.getCause());
        }
        unsettled = false;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}
