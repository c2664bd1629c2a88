package dev.troupe.cli.dlq;

import dev.troupe.cli.terminal.Printable;
import dev.troupe.runtime.kafka.DeadLetters;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a dead letter says about itself, without its value.
 *
 * @param time of the original, by its producer's or its broker's clock
 * @param origin where the original lay: {@code topic-partition@offset}, as far as the letter says
 * @param bytes of the value
 */
public record Letter(
        Position position,
        Instant time,
        String topic,
        String origin,
        String stage,
        String reason,
        String key,
        int bytes,
        String message) {

    private static final String UNKNOWN = "-";
    private static final int MAX_KEY_CHARS = 60;
    private static final int MAX_MESSAGE_CHARS = 300;

    public static Letter of(ConsumerRecord<byte[], byte[]> record) {
        String topic = header(record, DeadLetters.TOPIC);
        return new Letter(
                Position.of(record),
                Instant.ofEpochMilli(record.timestamp()),
                topic,
                "%s-%s@%s".formatted(topic, header(record, DeadLetters.PARTITION), header(record, DeadLetters.OFFSET)),
                header(record, DeadLetters.STAGE),
                header(record, DeadLetters.REASON),
                Printable.text(record.key(), MAX_KEY_CHARS),
                record.value() == null ? 0 : record.value().length,
                Printable.shortened(header(record, DeadLetters.MESSAGE), MAX_MESSAGE_CHARS));
    }

    /** The position that a replay marker names; empty for letters. */
    static Optional<Position> marked(ConsumerRecord<byte[], byte[]> record) {
        return DeadLetters.text(record.headers(), DeadLetters.REPLAY_MARKER).flatMap(text -> {
            try {
                return Optional.of(Position.parse(text));
            } catch (IllegalArgumentException _) {
                // Somebody else's header; a marker of ours is always a position.
                return Optional.empty();
            }
        });
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return DeadLetters.text(record.headers(), name).map(Printable::text).orElse(UNKNOWN);
    }

    /** One line for a terminal, and nothing in it that steers one. */
    public String line(boolean replayed) {
        return "%-8s %s  %s  %s  %s  key=%s  %d bytes  %s%s"
                .formatted(position, time, origin, stage, reason, key, bytes, message, replayed ? "  (replayed)" : "");
    }
}
