package dev.troupe.cli.dlq;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads {@code dead-letters} as far as it went when the log was opened. Transactions that were open then are waited
 * for: a letter or a replay marker behind them is not overlooked.
 */
public final class DeadLetterLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends;
    private final Duration patience;

    private DeadLetterLog(
            org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            Duration patience) {
        this.consumer = consumer;
        this.ends = ends;
        this.patience = patience;
    }

    /**
     * Notes where the topic ends.
     *
     * @param patience how long reading may go without progress
     */
    static DeadLetterLog open(KafkaClients clients, Duration patience) throws InterruptedException {
        var consumer = clients.consumer("troupe-dlq", null, Map.of());
        try (var admin = clients.admin("troupe-dlq")) {
            List<TopicPartition> partitions = consumer.partitionsFor(TopicCatalog.DEAD_LETTERS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            return new DeadLetterLog(consumer, ends(admin, partitions), patience);
        } catch (RuntimeException | InterruptedException e) {
            consumer.close();
            throw e;
        }
    }

    private static Map<TopicPartition, Long> ends(Admin admin, List<TopicPartition> partitions)
            throws InterruptedException {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        try {
            admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get()
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of dead-letters cannot be read: " + e.getCause(), e);
        }
        return ends;
    }

    /**
     * Prints each letter as a line, from the beginning.
     *
     * @throws IllegalStateException when there is no progress for so long
     */
    public static void print(KafkaClients clients, Duration patience, Consumer<String> line)
            throws InterruptedException {
        try (var log = open(clients, patience)) {
            log.scan(record -> {
                if (DeadLetters.isLetter(record)) {
                    line.accept(Letter.of(record).line(false));
                }
            });
        }
    }

    /** Everything in the topic, markers too, in the order of each partition. */
    void scan(Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        consumer.seekToBeginning(ends.keySet());
        read(ends, visitor);
    }

    /** The records from each partition's first to its last position. */
    void scan(
            Map<TopicPartition, Long> first,
            Map<TopicPartition, Long> last,
            Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        var until = new HashMap<TopicPartition, Long>();
        ends.keySet().forEach(partition -> {
            Long from = first.get(partition);
            if (from == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, from);
                until.put(
                        partition, Math.min(ends.getOrDefault(partition, 0L), last.getOrDefault(partition, from) + 1));
            }
        });
        read(until, visitor);
    }

    /** The record at exactly this position. */
    Optional<ConsumerRecord<byte[], byte[]>> find(Position position) {
        TopicPartition partition = position.in(TopicCatalog.DEAD_LETTERS);
        long begin = ends.containsKey(partition)
                ? consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L)
                : Long.MAX_VALUE;
        if (position.offset() < begin || position.offset() >= ends.getOrDefault(partition, 0L)) {
            return Optional.empty();
        }
        var found = new HashMap<Position, ConsumerRecord<byte[], byte[]>>();
        Map<TopicPartition, Long> only = Map.of(partition, position.offset());
        scan(only, only, record -> found.put(Position.of(record), record));
        return Optional.ofNullable(found.get(position));
    }

    private void read(Map<TopicPartition, Long> until, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        long progress = System.nanoTime();
        while (until.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            var records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.offset() < until.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
                    visitor.accept(record);
                }
            }
            if (!records.isEmpty()) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > patience.toNanos()) {
                throw new IllegalStateException(
                        "the end of dead-letters was not reached: nothing came for %s; a transaction may be open"
                                .formatted(patience));
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
