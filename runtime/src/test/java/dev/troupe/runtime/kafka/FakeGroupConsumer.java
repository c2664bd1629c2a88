package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Kafka's own mock with offsets that outlive the consumer, as a group's do. */
final class FakeGroupConsumer extends MockConsumer<byte[], byte[]> {

    static final String TOPIC = "messages";
    static final TopicPartition P0 = new TopicPartition(TOPIC, 0);

    /** What the group has committed. */
    final Map<TopicPartition, OffsetAndMetadata> stored = new ConcurrentHashMap<>();

    private final List<String> contents = new ArrayList<>();
    private final int maxPollRecords;
    private @Nullable KafkaException nextCommit;

    FakeGroupConsumer(int maxPollRecords) {
        super("earliest");
        this.maxPollRecords = maxPollRecords;
        setMaxPollRecords(maxPollRecords);
        updateBeginningOffsets(Map.of(P0, 0L));
    }

    /** Appends records to partition 0; before {@link #join} they wait for it. */
    FakeGroupConsumer feed(String... values) {
        for (String value : values) {
            contents.add(value);
            if (assignment().contains(P0)) {
                addRecord(contents.size() - 1);
            }
        }
        return this;
    }

    /** Partition 0 is assigned, and fetched from where the group stands. */
    void join() {
        rebalance(List.of(P0));
        int from = (int) committed0().offset();
        seek(P0, from);
        for (int offset = from; offset < contents.size(); offset++) {
            addRecord(offset);
        }
    }

    /** The next member of the same group, on the same topic. */
    FakeGroupConsumer successor() {
        var next = new FakeGroupConsumer(maxPollRecords);
        next.feed(contents.toArray(String[]::new));
        next.stored.putAll(stored);
        return next;
    }

    /** Of partition 0; the beginning if there is none. */
    OffsetAndMetadata committed0() {
        return stored.getOrDefault(P0, new OffsetAndMetadata(0));
    }

    void failNextCommit(KafkaException e) {
        nextCommit = e;
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        KafkaException failure = nextCommit;
        nextCommit = null;
        if (failure != null) {
            throw failure;
        }
        stored.putAll(offsets);
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
            Set<TopicPartition> partitions, Duration timeout) {
        return Map.copyOf(stored);
    }

    private void addRecord(int offset) {
        addRecord(new ConsumerRecord<>(
                TOPIC, 0, offset, "k".getBytes(UTF_8), contents.get(offset).getBytes(UTF_8)));
    }
}
