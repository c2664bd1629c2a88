package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Records set aside: key, value, timestamp and headers of the original, and the reason in headers of their own
 * ({@code __troupe.errors.*}), so that they can be read by any tool and fed again.
 */
public final class DeadLetters {

    private static final String PREFIX = "__troupe.errors.";

    /** {@link DeadLetterReason#tag()}. */
    public static final String REASON = PREFIX + "reason";
    /** Which part of which service set it aside. */
    public static final String STAGE = PREFIX + "stage";

    public static final String TOPIC = PREFIX + "topic";
    public static final String PARTITION = PREFIX + "partition";
    public static final String OFFSET = PREFIX + "offset";
    /** Class of the exception, if there was one. */
    public static final String EXCEPTION = PREFIX + "exception";
    /** What is wrong, for a person. */
    public static final String MESSAGE = PREFIX + "message";
    /** Bytes of the value that had to be left out because record and headers together would be too large. */
    public static final String OMITTED = PREFIX + "omitted";

    /** On a record that was replayed: position of its letter, {@code partition:offset}. */
    public static final String REPLAYED = "__troupe.replayed";
    /**
     * On a record in {@code dead-letters} that is no letter but says which one was replayed, {@code partition:offset}.
     */
    public static final String REPLAY_MARKER = "__troupe.replay.marker";

    /** Bytes of key, value and headers together; the topic takes a little more, for what a batch adds to them. */
    static final int MAX_LETTER_BYTES = Topic.MAX_MESSAGE_BYTES + (60 << 10);

    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final int MAX_MESSAGE_CHARS = 2000;

    /** Makes a record of one client's or another's. */
    @FunctionalInterface
    public interface Letter<R> {
        R of(byte @Nullable [] key, byte @Nullable [] value, Headers headers);
    }

    private DeadLetters() {}

    /** The dead letter of a consumed record, ready to be sent. */
    public static ProducerRecord<byte[], byte[]> record(
            ConsumerRecord<byte[], byte[]> original,
            DeadLetterReason reason,
            String stage,
            String message,
            @Nullable Throwable cause) {
        Headers headers = headers(original.headers(), Origin.of(original), reason, stage, message, cause);
        Long timestamp = original.timestamp() < 0 ? null : original.timestamp();
        return fitting(
                original.key(),
                original.value(),
                headers,
                (key, value, kept) ->
                        new ProducerRecord<>(TopicCatalog.DEAD_LETTERS, null, timestamp, key, value, kept));
    }

    /**
     * A letter with as much of the original as a record can hold. Only originals that were compressed, or letters of
     * letters, do not fit: they lose the value, and if that is not enough the key and their own headers.
     *
     * @param headers from {@link #headers}
     */
    public static <R> R fitting(byte @Nullable [] key, byte @Nullable [] value, Headers headers, Letter<R> letter) {
        if (bytes(key, value, headers) <= MAX_LETTER_BYTES) {
            return letter.of(key, value, headers);
        }
        Headers without = new RecordHeaders(headers);
        add(without, OMITTED, Integer.toString(value == null ? 0 : value.length));
        if (bytes(key, null, without) <= MAX_LETTER_BYTES) {
            return letter.of(key, null, without);
        }
        return letter.of(null, null, errors(without));
    }

    /** The original's headers and ours; ours from an earlier round are replaced. */
    public static Headers headers(
            Headers original,
            Origin origin,
            DeadLetterReason reason,
            String stage,
            String message,
            @Nullable Throwable cause) {
        Headers headers = withoutOurs(original);
        add(headers, REASON, reason.tag());
        add(headers, STAGE, stage);
        add(headers, TOPIC, origin.topic());
        add(headers, PARTITION, Integer.toString(origin.partition()));
        add(headers, OFFSET, Long.toString(origin.offset()));
        add(
                headers,
                MESSAGE,
                message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS));
        if (cause != null) {
            add(headers, EXCEPTION, cause.getClass().getName());
        }
        return headers;
    }

    /** Whether it is a letter; the other records of the topic are replay markers. */
    public static boolean isLetter(ConsumerRecord<?, ?> record) {
        return record.headers().lastHeader(REPLAY_MARKER) == null;
    }

    /**
     * The original of a dead letter, to be fed again into the topic it came from; empty when it names none or has lost
     * its value. It is not given its old timestamp, by which the topic might drop it at once.
     */
    public static Optional<ProducerRecord<byte[], byte[]>> replay(ConsumerRecord<byte[], byte[]> letter) {
        if (letter.headers().lastHeader(OMITTED) != null) {
            return Optional.empty();
        }
        Headers headers = withoutOurs(letter.headers());
        headers.remove(REPLAYED);
        add(headers, REPLAYED, position(letter));
        return text(letter.headers(), TOPIC)
                .map(topic -> new ProducerRecord<>(topic, null, null, letter.key(), letter.value(), headers));
    }

    /** What is written beside a replayed record, in the same transaction, so that it is not replayed twice. */
    public static ProducerRecord<byte[], byte[]> replayMarker(ConsumerRecord<byte[], byte[]> letter) {
        var headers = new RecordHeaders();
        add(headers, REPLAY_MARKER, position(letter));
        return new ProducerRecord<>(TopicCatalog.DEAD_LETTERS, null, null, letter.key(), null, headers);
    }

    /** The text of a header, if it is there. */
    public static Optional<String> text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    /** Where the original lay; empty when the headers name no such place: anyone may write to the topic. */
    public static Optional<Origin> origin(Headers headers) {
        String partition = text(headers, PARTITION).orElse("");
        String offset = text(headers, OFFSET).orElse("");
        return text(headers, TOPIC)
                .filter(_ -> partition.matches("\\d{1,9}") && offset.matches("\\d{1,18}"))
                .map(topic -> new Origin(topic, Integer.parseInt(partition), Long.parseLong(offset)));
    }

    /**
     * The same letter with less of the original, for a cluster that takes less than the catalogue says: first without
     * its value, then without its key and its own headers; empty when nothing is left to leave out.
     */
    static Optional<ProducerRecord<byte[], byte[]>> smaller(ProducerRecord<byte[], byte[]> letter) {
        byte[] value = letter.value();
        Headers errors = errors(letter.headers());
        if (value == null
                && letter.key() == null
                && errors.toArray().length == letter.headers().toArray().length) {
            return Optional.empty();
        }
        byte[] key = value == null ? null : letter.key();
        Headers kept = value == null ? errors : new RecordHeaders(letter.headers());
        if (kept.lastHeader(OMITTED) == null) {
            add(kept, OMITTED, Integer.toString(value == null ? 0 : value.length));
        }
        return Optional.of(new ProducerRecord<>(letter.topic(), null, letter.timestamp(), key, null, kept));
    }

    private static String position(ConsumerRecord<?, ?> letter) {
        return letter.partition() + ":" + letter.offset();
    }

    private static long bytes(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long bytes = length(key) + length(value);
        for (Header header : headers) {
            bytes += Utils.utf8Length(header.key()) + length(header.value()) + HEADER_OVERHEAD_BYTES;
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** What an input may carry: a marker on it would hide its letter, and tell of another that it was replayed. */
    private static Headers withoutOurs(Headers original) {
        var kept = new RecordHeaders();
        for (Header header : original) {
            if (!header.key().startsWith(PREFIX) && !header.key().equals(REPLAY_MARKER)) {
                kept.add(header);
            }
        }
        return kept;
    }

    private static Headers errors(Headers all) {
        var kept = new RecordHeaders();
        for (Header header : all) {
            if (header.key().startsWith(PREFIX)) {
                kept.add(header);
            }
        }
        return kept;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
