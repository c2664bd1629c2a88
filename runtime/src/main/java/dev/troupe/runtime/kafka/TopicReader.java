package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic from its beginning and follows it, without a group: every reader sees every record. Records that cannot
 * be decoded, or whose key is not the one their value names, are logged, counted and left out; tombstones are left out.
 * Outages are waited for, and reading goes on where it stopped, so a listener sees each record once.
 */
public final class TopicReader<T extends SpecificRecord> implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final String clientId;
    private final Topic<T> topic;
    private final RecordListener<T> listener;
    private final Outage outage;
    private final Thread thread;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    /** Next offset to read; owned by the thread. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    /** Where the topic ended when reading began; owned by the thread. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    private volatile @Nullable Consumer<byte[], byte[]> current;

    public TopicReader(KafkaClients clients, String clientId, Topic<T> topic, RecordListener<T> listener) {
        this.clients = clients;
        this.clientId = clientId;
        this.topic = topic;
        this.listener = listener;
        this.outage = new Outage(LOGGER, "topic " + topic.name(), InstantSource.system());
        this.thread = Thread.ofPlatform().name(clientId + "-" + topic.name()).unstarted(this::run);
    }

    @Override
    public String name() {
        return clientId + "-" + topic.name();
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Waits until everything that was in the topic at the start has been read; false after the deadline. */
    public boolean awaitCaughtUp(Duration deadline) throws InterruptedException {
        return caughtUp.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean live() {
        return thread.isAlive();
    }

    @Override
    public boolean ready() {
        return live() && caughtUp.getCount() == 0;
    }

    @Override
    public void close() {
        closing.countDown();
        Consumer<byte[], byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
        if (thread.getState() == Thread.State.NEW || thread.equals(Thread.currentThread())) {
            return;
        }
        try {
            if (!thread.join(Duration.ofSeconds(1))) {
                // A listener that is busy, or a wait for an outage.
                thread.interrupt();
                if (!thread.join(CLOSE)) {
                    LOGGER.atError().addKeyValue("reader", name()).log("the reader's thread did not end in time");
                }
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (closing.getCount() > 0) {
            try (Consumer<byte[], byte[]> consumer = clients.consumer(name(), null, Map.of())) {
                current = consumer;
                follow(consumer);
            } catch (WakeupException _) {
                LOGGER.atDebug().addKeyValue("reader", name()).log("woken up to close");
            } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException _) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                if (!pause(outage.failed(e.toString()))) {
                    return;
                }
            } finally {
                current = null;
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        List<PartitionInfo> found = consumer.partitionsFor(topic.name());
        if (found == null || found.isEmpty()) {
            throw new IllegalStateException("the topic does not exist; run 'troupe topics apply'");
        }
        List<TopicPartition> partitions = found.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            Long position = positions.get(partition);
            if (position == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, position);
            }
        }
        if (ends.isEmpty()) {
            ends.putAll(consumer.endOffsets(partitions));
        }
        while (closing.getCount() > 0) {
            checkCaughtUp(consumer);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                accept(record);
                positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
                if (closing.getCount() == 0) {
                    return;
                }
            }
            outage.over();
        }
    }

    private void checkCaughtUp(Consumer<byte[], byte[]> consumer) {
        if (caughtUp.getCount() > 0
                && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
            caughtUp.countDown();
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        if (record.value() == null) {
            return;
        }
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        T value;
        try {
            value = decode(record);
            if (!topic.keyOf(value).equals(key)) {
                throw new MalformedRecordException(
                        "the record key '%s' is not its %s '%s'".formatted(key, topic.key(), topic.keyOf(value)));
            }
        } catch (MalformedRecordException e) {
            clients.meters()
                    .counter(KafkaMeters.UNREADABLE_RECORDS, "topic", topic.name())
                    .increment();
            LOGGER.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("error", e.getMessage())
                    .log("a record cannot be read and is left out");
            return;
        }
        listener.onRecord(new TopicRecord<>(key, value, Origin.of(record), record.timestamp()));
    }

    private T decode(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException, InterruptedException {
        while (true) {
            try {
                return clients.codec().decode(topic, record.value());
            } catch (RegistryUnavailableException e) {
                AdminCalls.pause(outage.failed(e.toString()));
            }
        }
    }

    private boolean pause(Duration duration) {
        try {
            AdminCalls.pause(duration);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
