package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.TopicCatalog;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
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

    private static final int MAX_MESSAGE_CHARS = 2000;

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
        return new ProducerRecord<>(
                TopicCatalog.DEAD_LETTERS, null, timestamp, original.key(), original.value(), headers);
    }

    /** The original's headers and ours; ours from an earlier round are replaced. */
    public static Headers headers(
            Headers original,
            Origin origin,
            DeadLetterReason reason,
            String stage,
            String message,
            @Nullable Throwable cause) {
        Headers headers = withoutErrors(original);
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

    /** The original of a dead letter, to be fed again into the topic it came from; empty when it names none. */
    public static Optional<ProducerRecord<byte[], byte[]>> replay(ConsumerRecord<byte[], byte[]> letter) {
        return text(letter.headers(), TOPIC)
                .filter(_ -> letter.headers().lastHeader(OMITTED) == null)
                .map(topic -> new ProducerRecord<>(
                        topic, null, null, letter.key(), letter.value(), withoutErrors(letter.headers())));
    }

    /** The text of a header, if it is there. */
    public static Optional<String> text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    /** The same letter without its value, for a value that fits only without our headers. */
    static ProducerRecord<byte[], byte[]> withoutValue(ProducerRecord<byte[], byte[]> letter) {
        Headers headers = new RecordHeaders(letter.headers());
        byte[] value = letter.value();
        add(headers, OMITTED, Integer.toString(value == null ? 0 : value.length));
        return new ProducerRecord<>(letter.topic(), null, letter.timestamp(), letter.key(), null, headers);
    }

    private static Headers withoutErrors(Headers original) {
        var kept = new RecordHeaders();
        for (Header header : original) {
            if (!header.key().startsWith(PREFIX)) {
                kept.add(header);
            }
        }
        return kept;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
