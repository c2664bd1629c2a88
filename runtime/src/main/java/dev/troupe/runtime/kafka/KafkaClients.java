package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.RecordCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes Kafka clients from the settings: {@code kafka.*} passes through to them verbatim, and what Troupe must own is
 * refused by name (reported by {@link Settings#check()}). The caller owns and closes each client; {@link #close()}
 * closes what they share. Safe for use by many threads.
 */
public final class KafkaClients implements AutoCloseable {

    private final ClientSettings settings;
    private final MeterRegistry meters;
    private final RecordCodec codec;
    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kafka-client-metrics").factory());
    // guarded by this; by client id: a client made anew after an outage takes the place of the old one
    private final Map<String, KafkaClientMetrics> bound = new HashMap<>();

    public KafkaClients(Settings settings) {
        this(settings, new CompositeMeterRegistry());
    }

    /** @param meters where the clients' own metrics appear as {@code kafka.producer.*} and so on */
    public KafkaClients(Settings settings, MeterRegistry meters) {
        this.settings = new ClientSettings(settings);
        this.meters = requireNonNull(meters, "meters is null");
        this.codec = new RecordCodec(this.settings.registry());
    }

    /** Where the cluster is, for logs and messages. */
    public String bootstrapServers() {
        return settings.bootstrapServers();
    }

    /** Where the schema registry is, for logs and messages. */
    public String registryUrl() {
        return String.valueOf(settings.registry().get("schema.registry.url"));
    }

    /** The registry client's settings, under its own names. */
    public Map<String, Object> registrySettings() {
        return settings.registry();
    }

    /** The registry in which the clients, queues and readers made from this put their metrics. */
    public MeterRegistry meters() {
        return meters;
    }

    /** Encodes and decodes the values of all topics; closed with this. */
    public RecordCodec codec() {
        return codec;
    }

    /** An idempotent producer that waits for all replicas; {@code extra} goes on top (a transactional id). */
    public Producer<byte[], byte[]> producer(String clientId, Map<String, Object> extra) {
        Map<String, Object> all = settings.producer();
        all.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        all.putAll(extra);
        var producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        bind(clientId, new KafkaClientMetrics(producer, List.of(), refresher));
        return producer;
    }

    /**
     * A consumer of committed records that commits nothing by itself.
     *
     * @param groupId null for one that assigns its partitions itself
     */
    public Consumer<byte[], byte[]> consumer(String clientId, @Nullable String groupId, Map<String, Object> extra) {
        Map<String, Object> all = settings.consumer();
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        if (groupId != null) {
            all.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        }
        all.putAll(extra);
        return open(clientId, all);
    }

    /** A share consumer that takes at most so many records at a time and acknowledges each by word. */
    public ShareConsumer<byte[], byte[]> shareConsumer(String clientId, String groupId, int maxPollRecords) {
        Map<String, Object> all = settings.shareConsumer();
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
        return new KafkaShareConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A consumer for a queue's member of a classic consumer group. */
    Consumer<byte[], byte[]> groupConsumer(String clientId, String groupId, WorkQueueOptions options) {
        Map<String, Object> all = settings.groupConsumer(options);
        all.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        return open(clientId, all);
    }

    public Admin admin(String clientId) {
        Map<String, Object> all = settings.admin();
        all.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId);
        return Admin.create(all);
    }

    /** The base of a Streams application's settings: pass-through, exactly once; the caller adds its own. */
    public Map<String, Object> streams(String applicationId) {
        var all = new HashMap<>(settings.streams());
        all.put("application.id", applicationId);
        return all;
    }

    @Override
    public synchronized void close() {
        bound.values().forEach(KafkaClientMetrics::close);
        bound.clear();
        refresher.shutdownNow();
        codec.close();
    }

    private Consumer<byte[], byte[]> open(String clientId, Map<String, Object> all) {
        var consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        bind(clientId, new KafkaClientMetrics(consumer, List.of(), refresher));
        return consumer;
    }

    private synchronized void bind(String clientId, KafkaClientMetrics metrics) {
        KafkaClientMetrics old = bound.put(clientId, metrics);
        if (old != null) {
            old.close();
        }
        metrics.bindTo(meters);
    }
}
