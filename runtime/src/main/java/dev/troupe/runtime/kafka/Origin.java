package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a record was read. */
public record Origin(String topic, int partition, long offset) {
    public Origin {
        requireNonNull(topic, "topic is null");
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException("no such place: %s-%d@%d".formatted(topic, partition, offset));
        }
    }

    /** The place of a consumed record. */
    public static Origin of(ConsumerRecord<?, ?> record) {
        return new Origin(record.topic(), record.partition(), record.offset());
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
