package dev.troupe.reward.rescore.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.BROKER_UNREACHABLE;
import static dev.troupe.runtime.kafka.ClusterException.Reason.TOPICS_MISSING;

import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a topic holds at this moment, committed records only, and ends. */
public final class TopicScan {

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicScan.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STALLED = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final String clientId;

    public TopicScan(KafkaClients clients, String clientId) {
        this.clients = clients;
        this.clientId = clientId;
    }

    /** Takes the headers of a record. */
    @FunctionalInterface
    public interface HeadersVisitor {
        void visit(Headers headers);
    }

    /** Takes a decoded value. */
    @FunctionalInterface
    public interface Visitor<T, E extends Exception> {
        /** @param read share of the topic that has been read with this record, 0 to 1 */
        void visit(T value, Origin origin, double read) throws E, InterruptedException;
    }

    /**
     * Hands the headers of every record to the visitor, each partition's in order.
     *
     * @throws ClusterException when the topic is not there, or a minute passes without a record
     */
    public void headers(String topic, HeadersVisitor visitor) throws InterruptedException {
        this.<RuntimeException>scan(topic, Instant.EPOCH, (record, _) -> visitor.visit(record.headers()));
    }

    /**
     * Hands every value from the instant on to the visitor, each partition's in order; what cannot be decoded is logged
     * and left out.
     *
     * @param from by the records' timestamps
     * @return how many records were left out
     * @throws ClusterException when the topic is not there, or a minute passes without a record
     */
    public <T extends SpecificRecord, E extends Exception> long decoded(
            Topic<T> topic, Instant from, Visitor<T, E> visitor) throws E, InterruptedException {
        var unreadable = new AtomicLong();
        this.<E>scan(topic.name(), from, (record, read) -> {
            Optional<T> value = decode(topic, record);
            if (value.isPresent()) {
                visitor.visit(value.get(), Origin.of(record), read);
            } else {
                unreadable.incrementAndGet();
            }
        });
        return unreadable.get();
    }

    private <T extends SpecificRecord> Optional<T> decode(Topic<T> topic, ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                throw new MalformedRecordException("the record has no value");
            }
            return Optional.of(clients.codec().decode(topic, record.value()));
        } catch (MalformedRecordException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("error", e.getMessage())
                    .log("a record cannot be read and is left out");
            return Optional.empty();
        }
    }

    private interface Placed<E extends Exception> {
        void visit(ConsumerRecord<byte[], byte[]> record, double read) throws E, InterruptedException;
    }

    private <E extends Exception> void scan(String topic, Instant from, Placed<E> visitor)
            throws E, InterruptedException {
        try (var consumer = clients.consumer(clientId + "-" + topic, null, Map.of())) {
            var range = new Range(consumer, topic, from);
            long moved = System.nanoTime();
            while (!range.isRead()) {
                var records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    visitor.visit(record, range.take(record));
                }
                // Positions move without records too: over transaction markers and what was aborted.
                if (!records.isEmpty()) {
                    moved = System.nanoTime();
                } else if (System.nanoTime() - moved > STALLED.toNanos()) {
                    throw new ClusterException(
                            BROKER_UNREACHABLE,
                            "topic %s gave no record for %d s; read so far: %s"
                                    .formatted(topic, STALLED.toSeconds(), range));
                }
            }
        }
    }

    /** What of the topic is read, and how far that has come. */
    private static final class Range {
        private final Consumer<byte[], byte[]> consumer;
        private final Map<TopicPartition, Long> ends;
        private final Map<TopicPartition, Long> next = new HashMap<>();
        private final long total;
        private long done;

        Range(Consumer<byte[], byte[]> consumer, String topic, Instant from) {
            this.consumer = consumer;
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw new ClusterException(
                        TOPICS_MISSING, "topic %s does not exist; run 'troupe topics apply'".formatted(topic));
            }
            List<TopicPartition> partitions = found.stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            this.ends = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> wanted = new HashMap<>();
            partitions.forEach(partition -> wanted.put(partition, Math.max(0, from.toEpochMilli())));
            Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(wanted);
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp start = starts.get(partition);
                long end = ends.getOrDefault(partition, 0L);
                // The broker finds records of open transactions too; those are after the end.
                next.put(partition, start == null ? end : Math.min(start.offset(), end));
            }
            next.forEach(consumer::seek);
            this.total = partitions.stream()
                    .mapToLong(partition -> ends.getOrDefault(partition, 0L) - next.getOrDefault(partition, 0L))
                    .sum();
        }

        boolean isRead() {
            return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        }

        /** Notes the record; returns the share that has been read. */
        double take(ConsumerRecord<byte[], byte[]> record) {
            var partition = new TopicPartition(record.topic(), record.partition());
            long behind = record.offset() + 1;
            Long before = next.put(partition, behind);
            done += before == null ? 1 : behind - before;
            return Math.min(1.0, done / (double) Math.max(1, total));
        }

        @Override
        public String toString() {
            return "%d of %d offsets, next %s".formatted(done, total, next);
        }
    }
}
