package dev.troupe.reward.coordinator;

import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Utils;

/** Opens what comes in; what cannot be opened, or lies in the wrong place, becomes a dead letter. */
final class Inbox {

    private final PatientCodec codec;
    private final Outbox outbox;
    private final EarlyCommit earlyCommit;
    private final int partitions;

    Inbox(PatientCodec codec, Outbox outbox, EarlyCommit earlyCommit, int partitions) {
        this.codec = codec;
        this.outbox = outbox;
        this.earlyCommit = earlyCommit;
        this.partitions = partitions;
    }

    /** The value, or nothing when the record has become a dead letter. */
    <T extends SpecificRecord> Optional<T> open(Topic<T> topic, Incoming incoming) {
        earlyCommit.came();
        byte[] value = incoming.record().value();
        if (value == null) {
            return refused(incoming, DeadLetterReason.MALFORMED, "the record has no value");
        }
        Optional<String> excess = topic.equals(TopicCatalog.TASKS) ? excess(incoming, value) : Optional.empty();
        if (excess.isPresent()) {
            return refused(incoming, DeadLetterReason.TOO_LARGE, excess.get());
        }
        // What partitions tell each other is addressed to a partition, not to the one of a key.
        if (!topic.equals(TopicCatalog.ADMISSIONS) && misplaced(incoming)) {
            return refused(
                    incoming,
                    DeadLetterReason.WRONG_KEY,
                    "the record is not in the partition of its key; produce with Kafka's default partitioner"
                            + " (librdkafka: partitioner=murmur2_random)");
        }
        try {
            return Optional.of(codec.decode(topic, value));
        } catch (MalformedRecordException e) {
            outbox.deadLetter(incoming, DeadLetterReason.MALFORMED, String.valueOf(e.getMessage()), e);
            return Optional.empty();
        }
    }

    /** Makes the record a dead letter. */
    void refuse(Incoming incoming, DeadLetterReason reason, String message) {
        outbox.deadLetter(incoming, reason, message, null);
    }

    private <T> Optional<T> refused(Incoming incoming, DeadLetterReason reason, String message) {
        refuse(incoming, reason, message);
        return Optional.empty();
    }

    /** In what a task is too large to be stored while it waits, if it is. */
    private static Optional<String> excess(Incoming incoming, byte[] value) {
        if (value.length > TaskRules.MAX_TASK_BYTES) {
            return Optional.of(
                    "the task has %d bytes, at most %d are taken".formatted(value.length, TaskRules.MAX_TASK_BYTES));
        }
        long bytes = incoming.bytes();
        return bytes > TaskRules.MAX_TASK_RECORD_BYTES
                ? Optional.of(
                        "key, value and headers have %d bytes, at most %d are taken; send fewer or smaller headers"
                                .formatted(bytes, TaskRules.MAX_TASK_RECORD_BYTES))
                : Optional.empty();
    }

    /** Elsewhere than its key belongs, a task would never meet its actions. */
    private boolean misplaced(Incoming incoming) {
        byte[] key = incoming.record().key();
        return key != null
                && partitions > 1
                && Utils.toPositive(Utils.murmur2(key)) % partitions
                        != incoming.origin().partition();
    }
}
