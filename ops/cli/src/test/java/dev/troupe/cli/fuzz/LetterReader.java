package dev.troupe.cli.fuzz;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Follows the dead letters from their beginning into a ledger. */
final class LetterReader implements AutoCloseable {

    private static final TopicPartition PARTITION = new TopicPartition(TopicCatalog.DEAD_LETTERS, 0);

    private final Consumer<byte[], byte[]> consumer;
    private final Ledger ledger;

    LetterReader(KafkaClients clients, Ledger ledger) {
        this.ledger = ledger;
        this.consumer = clients.consumer("fuzz-letters", null, Map.of());
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
    }

    /** Returns how many letters there were. */
    int poll(Duration timeout) {
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
            ledger.letter(record);
            count++;
        }
        return count;
    }

    void readToTheEnd() {
        long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
        while (consumer.position(PARTITION) < end) {
            poll(Duration.ofMillis(100));
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
