package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a scan reads and when it gives up; each poll takes a minute. */
class TopicScanTest {

    private static final String TOPIC = TopicCatalog.MESSAGES.name();
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

    private final RecordCodec codec =
            new RecordCodec(Map.of("schema.registry.url", "mock://scan", "auto.register.schemas", true));
    private final FakeLog log = new FakeLog();
    private final Map<TopicPartition, Long> ends = new HashMap<>(Map.of(FIRST, 0L, SECOND, 0L));
    private final TopicScan scan = new TopicScan(_ -> log, _ -> ends, codec, Duration.ofSeconds(150), () -> log.nanos);
    private final List<String> read = new ArrayList<>();

    @AfterEach
    void close() {
        codec.close();
    }

    @Test
    void readsToTheEndThatItFoundAndNoFurther() throws Exception {
        ends.putAll(Map.of(FIRST, 2L, SECOND, 1L));
        log.poll(() -> log.add(FIRST, 0, 1, 2, 3));
        log.poll(() -> log.add(SECOND, 0, 1));

        scan.raw(TOPIC, ScanRange.ALL, this::note);

        assertThat(read).containsExactly("0:0", "0:1", "1:0");
        assertThat(log.closed()).isTrue();
    }

    @Test
    void waitsForARecordBehindAnOpenTransaction() throws Exception {
        ends.put(FIRST, 3L);
        log.poll(() -> log.add(FIRST, 0));
        log.poll(() -> {});
        log.poll(() -> {});
        log.poll(() -> log.add(FIRST, 2));

        scan.raw(TOPIC, ScanRange.ALL, this::note);

        assertThat(read).containsExactly("0:0", "0:2");
    }

    @Test
    void gettingPastTheMarkersOfTransactionsIsProgress() throws Exception {
        ends.put(FIRST, 3L);
        for (long position = 1; position <= 3; position++) {
            long next = position;
            log.poll(() -> {});
            log.poll(() -> log.seek(FIRST, next));
        }

        scan.raw(TOPIC, ScanRange.ALL, this::note);

        assertThat(read).isEmpty();
    }

    @Test
    void givesUpOnATransactionThatStaysOpenAndSaysWhere() {
        ends.putAll(Map.of(FIRST, 1L, SECOND, 7L));
        log.poll(() -> log.add(FIRST, 0));
        log.poll(() -> log.add(SECOND, 4));

        assertThatExceptionOfType(ClusterException.class)
                .isThrownBy(() -> scan.raw(TOPIC, ScanRange.ALL, this::note))
                .withMessageContaining("topic messages")
                .withMessageContaining("150 s nothing came from partition 1, at offset 5 of 7")
                .withMessageContaining("transaction is open")
                .withMessageContaining("describe-producers --topic messages --partition 1")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(ClusterException.Reason.STALLED));
        assertThat(log.closed()).isTrue();
    }

    @Test
    void readsFromOffsetToOffset() throws Exception {
        ends.putAll(Map.of(FIRST, 9L, SECOND, 9L));
        log.poll(() -> log.add(FIRST, 4, 5, 6, 7));

        scan.raw(TOPIC, new ScanRange.Offsets(Map.of(FIRST, 4L), Map.of(FIRST, 6L)), this::note);

        assertThat(read).containsExactly("0:4", "0:5", "0:6");
    }

    @Test
    void offsetsThatTheTopicDoesNotHoldAreNotWaitedFor() throws Exception {
        ends.put(FIRST, 3L);
        log.updateBeginningOffsets(Map.of(FIRST, 2L, SECOND, 0L));
        var nowhere = new TopicPartition(TOPIC, 7);

        scan.raw(
                TOPIC,
                new ScanRange.Offsets(Map.of(FIRST, 1L, SECOND, 5L, nowhere, 0L), Map.of(FIRST, 1L, SECOND, 5L)),
                this::note);

        assertThat(read).isEmpty();
    }

    @Test
    void readsFromAnInstant() throws Exception {
        ends.putAll(Map.of(FIRST, 9L, SECOND, 9L));
        log.young = Map.of(FIRST, 8L);
        log.poll(() -> log.add(FIRST, 8));

        scan.raw(TOPIC, new ScanRange.Since(Instant.ofEpochMilli(5)), this::note);

        assertThat(read).containsExactly("0:8");
    }

    @Test
    void decodesAndSaysHowFarItIs() throws Exception {
        ends.put(FIRST, 4L);
        byte[] value = codec.encode(TopicCatalog.MESSAGES, Messages.of("task", "hello"));
        log.poll(() -> {
            log.addRecord(new ConsumerRecord<>(TOPIC, 0, 0, new byte[0], value));
            log.addRecord(new ConsumerRecord<>(TOPIC, 0, 1, new byte[0], null));
            log.addRecord(new ConsumerRecord<>(TOPIC, 0, 3, new byte[0], "garbage".getBytes(UTF_8)));
        });

        scan.decoded(
                TopicCatalog.MESSAGES,
                ScanRange.ALL,
                (origin, message, share) -> read.add("%s %s %.2f"
                        .formatted(
                                origin, message.map(found -> found.getContent()).orElse("-"), share)));

        assertThat(read).containsExactly("messages-0@0 hello 0.25", "messages-0@1 - 0.50", "messages-0@3 - 1.00");
    }

    @Test
    void aMissingTopicIsNamed() {
        assertThatExceptionOfType(ClusterException.class)
                .isThrownBy(() -> scan.raw("nothing", ScanRange.ALL, this::note))
                .withMessageContaining("topic nothing does not exist")
                .withMessageContaining("troupe topics apply");
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        read.add(record.partition() + ":" + record.offset());
    }

    /** Two partitions; what is polled is decided by the test. */
    private static final class FakeLog extends MockConsumer<byte[], byte[]> {

        private Map<TopicPartition, Long> young = Map.of();
        private long nanos;

        FakeLog() {
            super("none");
            updatePartitions(
                    TOPIC,
                    List.of(
                            new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0]),
                            new PartitionInfo(TOPIC, 1, Node.noNode(), new Node[0], new Node[0])));
            updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        }

        void poll(Runnable happens) {
            schedulePollTask(happens);
        }

        void add(TopicPartition at, long... offsets) {
            for (long offset : offsets) {
                addRecord(new ConsumerRecord<>(at.topic(), at.partition(), offset, new byte[0], new byte[0]));
            }
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            nanos += Duration.ofMinutes(1).toNanos();
            return super.poll(timeout);
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> wanted) {
            var found = new HashMap<TopicPartition, OffsetAndTimestamp>();
            young.forEach((at, offset) -> found.put(at, new OffsetAndTimestamp(offset, wanted.getOrDefault(at, 0L))));
            return found;
        }
    }
}
