package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.AcknowledgementCommitCallback;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A share consumer as Kafka 4.3 behaves with explicit acknowledgement: every delivered record must be acknowledged
 * before the next poll, and renewed ones come back from the next poll, alone. (Kafka's own mock ignores
 * acknowledgements.)
 */
final class FakeShareConsumer implements ShareConsumer<byte[], byte[]> {

    static final String TOPIC = "messages";

    /** What was acknowledged, in order: "ACCEPT 3", "RENEW 0". */
    final LinkedBlockingQueue<String> acknowledged = new LinkedBlockingQueue<>();

    final CountDownLatch closed = new CountDownLatch(1);

    private final Deque<List<ConsumerRecord<byte[], byte[]>>> batches = new ArrayDeque<>();
    private final Map<Long, ConsumerRecord<byte[], byte[]>> delivered = new LinkedHashMap<>();
    private final Map<Long, AcknowledgeType> pending = new LinkedHashMap<>();
    private final List<ConsumerRecord<byte[], byte[]>> renewed = new ArrayList<>();
    private @Nullable KafkaException failure;
    private boolean losesLocks;
    private volatile Optional<Integer> lock = Optional.empty();

    static ConsumerRecord<byte[], byte[]> record(long offset, String value, int delivery) {
        return new ConsumerRecord<>(
                TOPIC,
                0,
                offset,
                0L,
                TimestampType.CREATE_TIME,
                1,
                value.length(),
                "k".getBytes(UTF_8),
                value.getBytes(UTF_8),
                new RecordHeaders(),
                Optional.empty(),
                Optional.of((short) delivery));
    }

    synchronized FakeShareConsumer deliver(List<ConsumerRecord<byte[], byte[]>> batch) {
        batches.add(batch);
        notifyAll();
        return this;
    }

    synchronized FakeShareConsumer failNextPoll(KafkaException e) {
        failure = e;
        return this;
    }

    FakeShareConsumer lockMillis(int millis) {
        lock = Optional.of(millis);
        return this;
    }

    synchronized FakeShareConsumer loseLocks() {
        losesLocks = true;
        return this;
    }

    String nextAcknowledged() throws InterruptedException {
        String next = acknowledged.poll(5, TimeUnit.SECONDS);
        return next == null ? "nothing within 5 s" : next;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        if (!delivered.isEmpty()) {
            throw new IllegalStateException("All records must be acknowledged in explicit acknowledgement mode.");
        }
        if (failure != null) {
            KafkaException e = failure;
            failure = null;
            throw e;
        }
        List<ConsumerRecord<byte[], byte[]>> next = new ArrayList<>(renewed);
        renewed.clear();
        if (next.isEmpty()) {
            if (batches.isEmpty()) {
                waitFor(timeout);
            }
            List<ConsumerRecord<byte[], byte[]>> batch = batches.poll();
            next = batch == null ? List.of() : batch;
        }
        next.forEach(record -> delivered.put(record.offset(), record));
        return next.isEmpty()
                ? ConsumerRecords.empty()
                : new ConsumerRecords<>(Map.of(new TopicPartition(TOPIC, 0), next), Map.of());
    }

    /** A poll may return early and empty, so a spurious wake-up is as good as any. */
    @SuppressWarnings("WaitNotInLoop")
    private synchronized void waitFor(Duration timeout) {
        try {
            wait(Math.max(1, timeout.toMillis()));
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public synchronized void acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
        ConsumerRecord<byte[], byte[]> held = delivered.remove(record.offset());
        if (held == null) {
            throw new IllegalStateException("The record cannot be acknowledged.");
        }
        pending.put(record.offset(), type);
        if (type == AcknowledgeType.RENEW && !losesLocks) {
            renewed.add(held);
        }
    }

    @Override
    public synchronized Map<TopicIdPartition, Optional<KafkaException>> commitSync(Duration timeout) {
        if (pending.isEmpty()) {
            return Map.of();
        }
        boolean lost = losesLocks;
        losesLocks = false;
        pending.forEach((offset, type) -> acknowledged.add(type.name() + " " + offset));
        pending.clear();
        Map<TopicIdPartition, Optional<KafkaException>> answer = new HashMap<>();
        answer.put(
                new TopicIdPartition(Uuid.ONE_UUID, 0, TOPIC),
                lost ? Optional.of(new InvalidRecordStateException("the lock is gone")) : Optional.empty());
        return answer;
    }

    @Override
    public Optional<Integer> acquisitionLockTimeoutMs() {
        return lock;
    }

    @Override
    public void close(Duration timeout) {
        closed.countDown();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    @Override
    public void subscribe(Collection<String> topics) {
        if (!List.copyOf(topics).equals(List.of(TOPIC))) {
            throw new IllegalArgumentException("unexpected topics " + topics);
        }
    }

    @Override
    public Set<String> subscription() {
        return Set.of(TOPIC);
    }

    @Override
    public void unsubscribe() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void acknowledge(ConsumerRecord<byte[], byte[]> record) {
        acknowledge(record, AcknowledgeType.ACCEPT);
    }

    @Override
    public void acknowledge(String topic, int partition, long offset, AcknowledgeType type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<TopicIdPartition, Optional<KafkaException>> commitSync() {
        return commitSync(Duration.ofSeconds(1));
    }

    @Override
    public void commitAsync() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setAcknowledgementCommitCallback(AcknowledgementCommitCallback callback) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wakeup() {
        throw new UnsupportedOperationException();
    }
}
