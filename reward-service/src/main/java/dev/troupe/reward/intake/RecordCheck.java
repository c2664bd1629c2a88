package dev.troupe.reward.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Whether a record is what its topic holds: a value of the topic's schema under the key that the value names. */
public final class RecordCheck {

    private final RecordCodec codec;

    public RecordCheck(RecordCodec codec) {
        this.codec = requireNonNull(codec, "codec is null");
    }

    /** What is wrong with a record. */
    public record Fault(DeadLetterReason reason, String message, Optional<Throwable> cause) {
        public Fault {
            requireNonNull(reason, "reason is null");
            requireNonNull(message, "message is null");
            requireNonNull(cause, "cause is null");
        }

        static Optional<Fault> of(DeadLetterReason reason, String message) {
            return Optional.of(new Fault(reason, message, Optional.empty()));
        }
    }

    /**
     * Looks for a fault; a tombstone of a compacted topic is none.
     *
     * @throws dev.troupe.schemas.RegistryUnavailableException when the schema registry does not answer; the record may
     *     be fine
     */
    public <T extends SpecificRecord> Optional<Fault> check(
            Topic<T> topic, byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null) {
            return topic.cleanup() == Topic.Cleanup.COMPACT
                    ? Optional.empty()
                    : Fault.of(DeadLetterReason.MALFORMED, "the record has no value");
        }
        if (value.length > Topic.MAX_MESSAGE_BYTES) {
            return Fault.of(
                    DeadLetterReason.TOO_LARGE,
                    "the value has %d bytes, at most %d are taken".formatted(value.length, Topic.MAX_MESSAGE_BYTES));
        }
        String named;
        try {
            named = topic.keyOf(codec.decode(topic, value));
        } catch (MalformedRecordException e) {
            return Optional.of(new Fault(DeadLetterReason.MALFORMED, String.valueOf(e.getMessage()), Optional.of(e)));
        }
        String given = key == null ? null : new String(key, UTF_8);
        return named.equals(given)
                ? Optional.empty()
                : Fault.of(
                        DeadLetterReason.WRONG_KEY,
                        "the record key is %s, the %s '%s'; produce with key = %s"
                                .formatted(
                                        given == null ? "missing" : "'" + given + "'",
                                        topic.key(),
                                        named,
                                        topic.key()));
    }
}
