package dev.troupe.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Prints dead letters: key, headers and size. Their values are whatever someone sent, so they are not printed. */
final class DeadLetterTail {

    private static final Duration POLL = Duration.ofMillis(500);

    private DeadLetterTail() {}

    /** @return how many there were, from the beginning to the present end */
    static int print(KafkaClients clients, Duration timeout) {
        int count = 0;
        long deadline = System.nanoTime() + timeout.toNanos();
        try (var consumer = clients.consumer("troupe-tail", null, Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TopicCatalog.DEAD_LETTERS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the end of dead-letters was not reached in " + timeout);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    System.out.println(line(record));
                    count++;
                }
            }
        }
        return count;
    }

    private static String line(ConsumerRecord<byte[], byte[]> record) {
        var line = new StringBuilder("key=")
                .append(record.key() == null ? "-" : new String(record.key(), UTF_8))
                .append(" bytes=")
                .append(record.value() == null ? 0 : record.value().length);
        for (Header header : record.headers()) {
            if (header.value() != null) {
                line.append(' ').append(header.key()).append('=').append(new String(header.value(), UTF_8));
            }
        }
        return line.toString();
    }
}
