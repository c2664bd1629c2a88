package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.KafkaMeters.WORK_RECORDS;
import static org.apache.kafka.clients.consumer.AcknowledgeType.RELEASE;
import static org.apache.kafka.clients.consumer.AcknowledgeType.RENEW;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that a share consumer holds: their locks and what becomes of them. Owned by the polling thread, except
 * for {@link #decide}.
 */
final class InFlight {

    private static final Logger LOGGER = LoggerFactory.getLogger(InFlight.class);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RETURN_TIMEOUT = Duration.ofSeconds(1);

    private final ShareConsumer<byte[], byte[]> consumer;
    private final String group;
    private final MeterRegistry meters;
    private final Map<Origin, ConsumerRecord<byte[], byte[]>> held = new LinkedHashMap<>();
    private final Map<Origin, AcknowledgeType> verdicts = new ConcurrentHashMap<>();

    InFlight(
            ShareConsumer<byte[], byte[]> consumer,
            ConsumerRecords<byte[], byte[]> records,
            String group,
            MeterRegistry meters) {
        this.consumer = consumer;
        this.group = group;
        this.meters = meters;
        records.forEach(record -> held.put(Origin.of(record), record));
    }

    List<ConsumerRecord<byte[], byte[]>> records() {
        return List.copyOf(held.values());
    }

    /** Tells what is to become of a record; called by the working thread. */
    void decide(ConsumerRecord<byte[], byte[]> record, AcknowledgeType verdict) {
        verdicts.put(Origin.of(record), verdict);
    }

    /** Settles what is decided and extends the locks of the rest. */
    void renew() {
        acknowledge(RENEW);
        commit();
        if (held.isEmpty()) {
            // A poll would now fetch new work, while the old is still being done.
            return;
        }
        // Renewed records come back from the next poll, alone; only then can they be acknowledged again.
        Set<Origin> returned = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(RETURN_TIMEOUT)) {
            if (!returned.add(Origin.of(record)) || !held.containsKey(Origin.of(record))) {
                consumer.acknowledge(record, RELEASE);
            }
        }
        held.keySet().stream()
                .filter(origin -> !returned.contains(origin))
                .toList()
                .forEach(this::lost);
    }

    /** Settles what is decided and releases the rest to other workers. */
    void settle() {
        acknowledge(RELEASE);
        commit();
        held.clear();
    }

    private void acknowledge(AcknowledgeType undecided) {
        held.entrySet().removeIf(entry -> {
            AcknowledgeType verdict = verdicts.getOrDefault(entry.getKey(), undecided);
            consumer.acknowledge(entry.getValue(), verdict);
            if (verdict != RENEW) {
                count(outcome(verdict));
            }
            return verdict != RENEW;
        });
    }

    private void commit() {
        Map<TopicIdPartition, Optional<KafkaException>> answers = consumer.commitSync(COMMIT_TIMEOUT);
        answers.forEach((partition, error) -> error.ifPresent(e -> {
            LOGGER.atWarn()
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("error", e.toString())
                    .log("an acknowledgement was refused; another worker may repeat the work");
            held.keySet().stream()
                    .filter(origin ->
                            origin.topic().equals(partition.topic()) && origin.partition() == partition.partition())
                    .toList()
                    .forEach(this::lost);
        }));
    }

    private void lost(Origin origin) {
        held.remove(origin);
        count("lost");
        LOGGER.atWarn()
                .addKeyValue("topic", origin.topic())
                .addKeyValue("partition", origin.partition())
                .addKeyValue("offset", origin.offset())
                .log("the lock of a record was lost; another worker may repeat the work");
    }

    private static String outcome(AcknowledgeType verdict) {
        return switch (verdict) {
            case ACCEPT -> "accepted";
            case REJECT -> "rejected";
            case RELEASE -> "released";
            case RENEW -> "renewed";
        };
    }

    private void count(String outcome) {
        meters.counter(WORK_RECORDS, "group", group, "outcome", outcome).increment();
    }
}
