package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.TOPICS_MISSING;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Where a scan's consumer stands in each partition, and where it ends. */
final class ScanPositions {

    /** Tells where partitions end. */
    @FunctionalInterface
    interface Ends {
        /** @return behind the last record, whether its transaction is over or not */
        Map<TopicPartition, Long> of(Collection<TopicPartition> partitions) throws InterruptedException;
    }

    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> until = new HashMap<>();
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final long total;
    private long done;

    /**
     * Puts the consumer where the range begins.
     *
     * @throws ClusterException when the topic does not exist
     */
    ScanPositions(Consumer<byte[], byte[]> consumer, String topic, ScanRange range, Ends ends)
            throws InterruptedException {
        this.consumer = consumer;
        List<TopicPartition> partitions = partitions(consumer, topic);
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions);
        ends.of(partitions).forEach((at, end) -> {
            next.put(at, Math.min(end, begin.getOrDefault(at, 0L)));
            until.put(at, end);
        });
        switch (range) {
            case ScanRange.All() -> {}
            case ScanRange.Since(Instant from) -> seek(from);
            case ScanRange.Offsets(var first, var last) -> seek(first, last);
        }
        consumer.assign(next.keySet());
        next.forEach(consumer::seek);
        this.total = until.entrySet().stream()
                .mapToLong(end -> end.getValue() - next.getOrDefault(end.getKey(), 0L))
                .sum();
    }

    /** @throws ClusterException when the topic does not exist */
    static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            throw new ClusterException(
                    TOPICS_MISSING, "topic %s does not exist; run 'troupe topics apply'".formatted(topic));
        }
        return found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private void seek(Instant from) {
        var wanted = new HashMap<TopicPartition, Long>();
        until.keySet().forEach(at -> wanted.put(at, Math.max(0, from.toEpochMilli())));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        until.forEach((at, end) -> {
            OffsetAndTimestamp start = found.get(at);
            // None is so young; or the one that is came after the end was asked for.
            next.put(at, start == null ? end : Math.min(start.offset(), end));
        });
    }

    private void seek(Map<TopicPartition, Long> first, Map<TopicPartition, Long> last) {
        until.keySet().retainAll(first.keySet());
        next.keySet().retainAll(first.keySet());
        until.replaceAll((at, end) -> Math.min(end, last.getOrDefault(at, end - 1) + 1));
        next.replaceAll(
                (at, begin) -> Math.min(until.getOrDefault(at, begin), Math.max(begin, first.getOrDefault(at, begin))));
    }

    /** The partition that is furthest from its end; empty when all have been read. */
    Optional<Behind> behind() {
        return until.entrySet().stream()
                .map(end -> new Behind(end.getKey(), consumer.position(end.getKey()), end.getValue()))
                .filter(behind -> behind.position() < behind.end())
                .max(Comparator.comparingLong(behind -> behind.end() - behind.position()));
    }

    /** A partition that has not been read to its end. */
    record Behind(TopicPartition at, long position, long end) {}

    /** Grows with every record, and with what holds no record for us: ends of transactions and what was aborted. */
    long sum() {
        return until.keySet().stream().mapToLong(consumer::position).sum();
    }

    boolean covers(ConsumerRecord<?, ?> record) {
        return record.offset() < until.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    }

    /** Notes the record; returns the share of the range that has been read with it, 0 to 1. */
    double take(ConsumerRecord<?, ?> record) {
        long behind = record.offset() + 1;
        Long before = next.put(new TopicPartition(record.topic(), record.partition()), behind);
        done += before == null ? 1 : behind - before;
        return Math.min(1.0, done / (double) Math.max(1, total));
    }
}
