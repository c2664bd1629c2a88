package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class WindowsTest {

    private static final TopicPartition BUSY = FakeGroupConsumer.P0;
    private static final TopicPartition WAITING = new TopicPartition(FakeGroupConsumer.TOPIC, 1);

    private final FakeGroupConsumer consumer = new FakeGroupConsumer(8);
    private final Windows windows = new Windows(consumer, "q", 8, () -> Instant.EPOCH);

    private void fetched(TopicPartition partition, long offset) {
        var record = new ConsumerRecord<>(
                partition.topic(), partition.partition(), offset, new byte[0], "value".getBytes(UTF_8));
        windows.add(new ConsumerRecords<>(Map.of(partition, List.of(record)), Map.of()));
    }

    @Test
    void aRecordThatMustBeAloneHasItsTurnThoughAnotherPartitionAlwaysHasWork() {
        consumer.stored.put(WAITING, new OffsetAndMetadata(0, "v1 0:1"));
        windows.open(List.of(BUSY));
        windows.open(List.of(WAITING));
        fetched(WAITING, 0);

        var begun = new ArrayList<Origin>();
        for (long offset = 0; offset < 4; offset++) {
            fetched(BUSY, offset);
            windows.begin(Instant.EPOCH).forEach(slot -> {
                begun.add(slot.origin());
                slot.done();
            });
        }

        assertThat(begun).contains(new Origin(WAITING.topic(), WAITING.partition(), 0));
    }
}
