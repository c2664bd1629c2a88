package dev.troupe.cli.audit;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Reads topics from their beginning to their present end, committed records only. Owned by one thread. */
public final class LogScan implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);
    /** Without a single record for so long, the end is not going to be reached. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

    public LogScan(KafkaClients clients) {
        this.clients = clients;
        this.consumer = clients.consumer("troupe-audit", null, Map.of());
    }

    /** First kept offset of each partition. */
    Map<TopicPartition, Long> begin(String topic) {
        return consumer.beginningOffsets(partitions(topic));
    }

    /**
     * Decodes every record.
     *
     * @param listener takes the place and the value; empty for a record that cannot be read
     */
    public <T extends SpecificRecord> void read(Topic<T> topic, BiConsumer<Origin, Optional<T>> listener) {
        raw(topic.name(), record -> listener.accept(Origin.of(record), decode(topic, record)));
    }

    /** Hands over every record as it is. */
    void raw(String topic, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        List<TopicPartition> partitions = partitions(topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "topic %s gave no record for %d s before its end; is a broker or a transaction stuck?"
                                .formatted(topic, PATIENCE.toSeconds()));
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.offset() < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
                    listener.accept(record);
                }
            }
        }
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    /** The value; empty for a record that cannot be read. */
    <T extends SpecificRecord> Optional<T> decode(Topic<T> topic, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(clients.codec().decode(topic, record.value()));
        } catch (MalformedRecordException _) {
            // Which it is, the caller has to account for.
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
