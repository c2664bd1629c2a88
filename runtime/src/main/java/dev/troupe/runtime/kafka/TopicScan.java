package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.STALLED;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.ScanPositions.Behind;
import dev.troupe.runtime.kafka.ScanPositions.Ends;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a topic holds at this moment, committed records only, and ends.
 *
 * <p>The end is behind the last record that was written, whether its transaction is over or not: transactions that are
 * open when a scan begins are waited for, so no record behind one is overlooked. Owned by one thread.
 */
public final class TopicScan {

    /**
     * How long a scan goes without getting ahead: longer than the longest transaction of Troupe, the coordinator's of
     * 120 s, and the 10 s after which a broker looks for those that have timed out.
     */
    public static final Duration PATIENCE = Duration.ofSeconds(150);

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicScan.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SILENT = Duration.ofSeconds(10);

    private final Function<String, Consumer<byte[], byte[]>> consumers;
    private final Ends ends;
    private final RecordCodec codec;
    private final Duration patience;
    private final LongSupplier nanos;

    public TopicScan(KafkaClients clients, String clientId) {
        this(clients, clientId, PATIENCE);
    }

    /** @param patience how long a scan may go without getting ahead */
    public TopicScan(KafkaClients clients, String clientId, Duration patience) {
        this(
                topic -> clients.consumer(clientId + "-" + topic, null, Map.of()),
                partitions -> ends(clients, clientId, partitions),
                clients.codec(),
                patience,
                System::nanoTime);
    }

    /**
     * For tests.
     *
     * @param consumers makes one for the topic
     * @param nanos as {@link System#nanoTime}
     */
    TopicScan(
            Function<String, Consumer<byte[], byte[]>> consumers,
            Ends ends,
            RecordCodec codec,
            Duration patience,
            LongSupplier nanos) {
        this.consumers = consumers;
        this.ends = ends;
        this.codec = codec;
        this.patience = patience;
        this.nanos = nanos;
    }

    /** Takes records as they are. */
    @FunctionalInterface
    public interface RawVisitor<E extends Exception> {
        void visit(ConsumerRecord<byte[], byte[]> record) throws E, InterruptedException;
    }

    /** Takes decoded values. */
    @FunctionalInterface
    public interface Visitor<T, E extends Exception> {
        /**
         * @param value empty for a tombstone and for what cannot be decoded
         * @param read share of the range that has been read with this record, 0 to 1
         */
        void visit(Origin origin, Optional<T> value, double read) throws E, InterruptedException;
    }

    /**
     * Hands every record to the visitor, each partition's in order.
     *
     * @throws ClusterException when the topic does not exist, or the scan does not get ahead
     */
    public <E extends Exception> void raw(String topic, ScanRange range, RawVisitor<E> visitor)
            throws E, InterruptedException {
        scan(topic, range, (record, _) -> visitor.visit(record));
    }

    /**
     * Hands every record to the visitor, each partition's in order; what cannot be decoded is logged.
     *
     * @throws ClusterException when the topic does not exist, or the scan does not get ahead
     */
    public <T extends SpecificRecord, E extends Exception> void decoded(
            Topic<T> topic, ScanRange range, Visitor<T, E> visitor) throws E, InterruptedException {
        scan(topic.name(), range, (record, read) -> visitor.visit(Origin.of(record), decode(topic, record), read));
    }

    /**
     * The offset of the first record that each partition still holds.
     *
     * @throws ClusterException when the topic does not exist
     */
    public Map<TopicPartition, Long> begin(String topic) {
        try (var consumer = consumers.apply(topic)) {
            return consumer.beginningOffsets(ScanPositions.partitions(consumer, topic));
        }
    }

    private interface Placed<E extends Exception> {
        void visit(ConsumerRecord<byte[], byte[]> record, double read) throws E, InterruptedException;
    }

    private <E extends Exception> void scan(String topic, ScanRange range, Placed<E> visitor)
            throws E, InterruptedException {
        try (var consumer = consumers.apply(topic)) {
            var positions = new ScanPositions(consumer, topic, range, ends);
            var wait = new Wait();
            for (var behind = positions.behind(); behind.isPresent(); behind = positions.behind()) {
                wait.check(positions.sum(), behind.get());
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (positions.covers(record)) {
                        visitor.visit(record, positions.take(record));
                    }
                }
            }
        }
    }

    /** Gives up on a scan that does not get ahead. */
    private final class Wait {
        private long last = -1;
        private long moved;
        private boolean told;

        void check(long sum, Behind behind) {
            long now = nanos.getAsLong();
            if (sum != last) {
                last = sum;
                moved = now;
                told = false;
            } else if (now - moved > patience.toNanos()) {
                throw new ClusterException(STALLED, message(behind));
            } else if (!told && now - moved > SILENT.toNanos()) {
                told = true;
                LOGGER.atWarn()
                        .addKeyValue("topic", behind.at().topic())
                        .addKeyValue("partition", behind.at().partition())
                        .addKeyValue("offset", behind.position())
                        .addKeyValue("seconds", patience.toSeconds())
                        .log("nothing can be read before the topic's end: waiting for an open transaction");
            }
        }

        private String message(Behind behind) {
            TopicPartition at = behind.at();
            return ("topic %s was not read to its end: for %d s nothing came from partition %d, at offset %d of %d."
                            + " A transaction is open there, or the partition has no leader:"
                            + " 'kafka-transactions.sh --bootstrap-server HOST:PORT describe-producers --topic %s"
                            + " --partition %d' shows whose, and its 'abort' ends it")
                    .formatted(
                            at.topic(),
                            patience.toSeconds(),
                            at.partition(),
                            behind.position(),
                            behind.end(),
                            at.topic(),
                            at.partition());
        }
    }

    /** Hands over every record that can be decoded; tombstones are left out. */
    public <T extends SpecificRecord> void records(Topic<T> topic, ScanRange range, RecordListener<T> listener)
            throws InterruptedException {
        raw(topic.name(), range, record -> {
            Optional<T> value = decode(topic, record);
            if (value.isPresent()) {
                String key = record.key() == null ? "" : new String(record.key(), UTF_8);
                listener.onRecord(new TopicRecord<>(key, value.get(), Origin.of(record), record.timestamp()));
            }
        });
    }

    /** Where the records of a topic lay that were set aside. */
    public Set<Origin> setAside(Topic<?> topic) throws InterruptedException {
        var places = new HashSet<Origin>();
        raw(
                TopicCatalog.DEAD_LETTERS,
                ScanRange.ALL,
                letter -> DeadLetters.origin(letter.headers())
                        .filter(origin -> origin.topic().equals(topic.name()))
                        .ifPresent(places::add));
        return places;
    }

    /** The value of a record of that topic; empty for a tombstone and for what cannot be decoded. */
    public <T extends SpecificRecord> Optional<T> decode(Topic<T> topic, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(codec.decode(topic, record.value()));
        } catch (MalformedRecordException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("error", e.getMessage())
                    .log("a record cannot be read and is left out");
            return Optional.empty();
        }
    }

    private static Map<TopicPartition, Long> ends(
            KafkaClients clients, String clientId, Collection<TopicPartition> partitions) throws InterruptedException {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(at -> latest.put(at, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        try (var admin = clients.admin(clientId)) {
            // As committed, a partition ends before its first open transaction, whatever lies behind.
            var listed = admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
            AdminCalls.get("tell where the topics end", listed.all()).forEach((at, end) -> ends.put(at, end.offset()));
        }
        return ends;
    }
}
