package dev.troupe.reward.intake.kafka;

import dev.troupe.reward.intake.RecordCheck;
import dev.troupe.reward.intake.RecordCheck.Fault;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.KafkaMeters;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer and a producer from one failure to the next. Each batch is one transaction: its dead letters and its
 * offsets. Another instance that takes the partitions over bumps the group's generation, which refuses the offsets of
 * this one (KIP-447), so the transactional id need only differ between instances.
 */
final class IntakeSession implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(IntakeSession.class);
    private static final String STAGE = "reward-service/intake";
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    /** Records can be megabytes; few at a time keep the heap small. */
    private static final int MAX_POLL_RECORDS = 200;

    /** A poll waits this long for more, so that a trickle of records is not a transaction each. */
    private static final int FETCH_MIN_BYTES = 64 << 10;

    /** After a kill, readers of committed letters wait this long for the transaction that was open. */
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;

    private record Letter(ConsumerRecord<byte[], byte[]> original, Fault fault) {}

    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final RecordCheck check;
    private final MeterRegistry meters;

    /** @param instance differs between all running instances */
    IntakeSession(KafkaClients clients, String instance, RecordCheck check) {
        this.check = check;
        this.meters = clients.meters();
        this.consumer = clients.consumer(
                instance,
                IntakeService.GROUP,
                Map.of("max.poll.records", MAX_POLL_RECORDS, "fetch.min.bytes", FETCH_MIN_BYTES));
        try {
            this.producer = clients.producer(
                    instance, Map.of("transactional.id", instance, "transaction.timeout.ms", TRANSACTION_TIMEOUT_MS));
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Ends what an earlier session of the instance left open, and joins the group. */
    void open() {
        producer.initTransactions();
        consumer.subscribe(IntakeService.TOPICS.stream().map(Topic::name).toList());
    }

    /** Ends a poll in another thread. */
    void wakeup() {
        consumer.wakeup();
    }

    /**
     * Checks what has come and commits it with its dead letters; after an exception the session is of no more use.
     *
     * @return whether something was committed, or nothing is left to be
     */
    boolean round() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        if (records.isEmpty()) {
            return isAtEnd();
        }
        var letters = new ArrayList<Letter>();
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Topic<?> topic = TopicCatalog.find(record.topic()).orElseThrow();
            check.check(topic, record.key(), record.value()).ifPresent(fault -> letters.add(new Letter(record, fault)));
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.beginTransaction();
        letters.forEach(this::send);
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
        letters.forEach(this::report);
        return true;
    }

    /** Not before it is a member of the group, and the broker has told the end of each of its partitions. */
    private boolean isAtEnd() {
        return consumer.groupMetadata().generationId() > 0
                && consumer.assignment().stream()
                        .allMatch(partition -> consumer.currentLag(partition).orElse(1) == 0);
    }

    /** A send that fails makes the commit throw, so the future needs no look. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(Letter letter) {
        Fault fault = letter.fault();
        producer.send(DeadLetters.record(
                letter.original(),
                fault.reason(),
                STAGE,
                fault.message(),
                fault.cause().orElse(null)));
    }

    private void report(Letter letter) {
        String reason = letter.fault().reason().tag();
        meters.counter(KafkaMeters.DEAD_LETTERS, "stage", STAGE, "reason", reason)
                .increment();
        LOGGER.atWarn()
                .addKeyValue("topic", letter.original().topic())
                .addKeyValue("partition", letter.original().partition())
                .addKeyValue("offset", letter.original().offset())
                .addKeyValue("reason", reason)
                .addKeyValue("error", letter.fault().message())
                .log("record set aside as a dead letter");
    }

    /** The producer first: closing it aborts an open transaction, which belongs to the consumer's generation. */
    @Override
    public void close() {
        try {
            producer.close(CLOSE);
        } finally {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE));
        }
    }
}
