package dev.troupe.cli.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.cli.fuzz.Corpus.Valid;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes records that somebody might send by mistake or on purpose. Everything follows from the seed. */
final class Mutator {

    /** Number of the record among all, so that its letter can be told. */
    static final String ID = "fuzz.id";

    private static final int HUGE_BYTES = Topic.MAX_MESSAGE_BYTES - (16 << 10);
    private static final int HOUR_MS = 3_600_000;

    /** What is wrong, if anything. */
    enum Kind {
        RANDOM_BYTES,
        BIT_FLIPS,
        TRUNCATED,
        EXTENDED,
        UNKNOWN_SCHEMA,
        SCHEMA_OF_ANOTHER_TOPIC,
        WRONG_MAGIC,
        DECLARED_LENGTH,
        NO_VALUE,
        EMPTY_VALUE,
        EMPTY_KEY,
        WRONG_KEY,
        NO_KEY,
        RECORD_OF_ANOTHER_TOPIC,
        JSON_GARBAGE,
        DEEP_NESTING,
        NOT_A_NUMBER,
        NOTHING
    }

    private final Corpus corpus;
    private final Random random;
    private final long now;

    /** @param now epoch ms that the records' times lie before */
    Mutator(Corpus corpus, Random random, long now) {
        this.corpus = corpus;
        this.random = random;
        this.now = now;
    }

    ProducerRecord<byte[], byte[]> next(int id) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        Topic<?> topic =
                TopicCatalog.all().get(random.nextInt(TopicCatalog.all().size()));
        Valid valid = corpus.any(topic.name(), random);
        byte[] key = key(kind, topic, valid);
        return record(id, topic, key, value(kind, topic, valid));
    }

    /** Random bytes of nearly the largest size, which no codec makes smaller. */
    ProducerRecord<byte[], byte[]> huge(int id) {
        byte[] value = new byte[HUGE_BYTES];
        random.nextBytes(value);
        return record(id, TopicCatalog.all().get(id % TopicCatalog.all().size()), "huge".getBytes(UTF_8), value);
    }

    private ProducerRecord<byte[], byte[]> record(
            int id, Topic<?> topic, byte @Nullable [] key, byte @Nullable [] value) {
        var headers = new RecordHeaders().add(ID, Integer.toString(id).getBytes(UTF_8));
        byte[] content = new byte[random.nextInt(20)];
        random.nextBytes(content);
        headers.add("fuzz.header", content).add("fuzz.empty", null);
        return new ProducerRecord<>(topic.name(), null, now - random.nextInt(HOUR_MS), key, value, headers);
    }

    private byte @Nullable [] key(Kind kind, Topic<?> topic, Valid valid) {
        return switch (kind) {
            case EMPTY_KEY -> new byte[0];
            case WRONG_KEY -> randomBytes(12);
            // A compacted topic's broker does not take one without a key.
            case NO_KEY -> topic.cleanup() == Topic.Cleanup.COMPACT ? new byte[0] : null;
            default ->
                topic.equals(TopicCatalog.EPISODE_GROUPS) && random.nextBoolean()
                        ? "team".getBytes(UTF_8)
                        : valid.key().getBytes(UTF_8);
        };
    }

    private byte @Nullable [] value(Kind kind, Topic<?> topic, Valid valid) {
        byte[] good = valid.value().copy();
        return switch (kind) {
            case RANDOM_BYTES -> randomBytes(400);
            case BIT_FLIPS -> flipped(good);
            case TRUNCATED -> Arrays.copyOf(good, 1 + random.nextInt(good.length - 1));
            case EXTENDED -> Arrays.copyOf(good, good.length + 1 + random.nextInt(20));
            case UNKNOWN_SCHEMA -> withSchema(good, random.nextInt());
            case SCHEMA_OF_ANOTHER_TOPIC ->
                withSchema(good, ByteBuffer.wrap(other(topic).value().copy()).getInt(1));
            case WRONG_MAGIC -> {
                good[0] = (byte) (1 + random.nextInt(255));
                yield good;
            }
            case DECLARED_LENGTH -> declaring(good);
            case NO_VALUE -> null;
            case EMPTY_VALUE -> new byte[0];
            case RECORD_OF_ANOTHER_TOPIC -> other(topic).value().copy();
            case JSON_GARBAGE -> json();
            case DEEP_NESTING ->
                (random.nextBoolean() ? "[" : "{\"fields\":").repeat(5000).getBytes(UTF_8);
            case NOT_A_NUMBER -> valid.notANumber().copy();
            case EMPTY_KEY, WRONG_KEY, NO_KEY, NOTHING -> good;
        };
    }

    private Valid other(Topic<?> topic) {
        List<? extends Topic<?>> others = TopicCatalog.all().stream()
                .filter(other -> !other.equals(topic))
                .toList();
        return corpus.any(others.get(random.nextInt(others.size())).name(), random);
    }

    private byte[] randomBytes(int most) {
        byte[] bytes = new byte[1 + random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] flipped(byte[] bytes) {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            bytes[5 + random.nextInt(bytes.length - 5)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] withSchema(byte[] bytes, int id) {
        ByteBuffer.wrap(bytes).putInt(1, id);
        return bytes;
    }

    /** Writes some number of up to 2^34 where a length may be. */
    private byte[] declaring(byte[] bytes) {
        int at = 5 + random.nextInt(bytes.length - 5);
        for (int i = 0; i < 4 && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (0x80 | random.nextInt(128));
        }
        if (at + 4 < bytes.length) {
            bytes[at + 4] = (byte) random.nextInt(64);
        }
        return bytes;
    }

    private byte[] json() {
        String[] scraps = {
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"taskId\"",
            "\"prompt\"",
            "\"\\ud800\"",
            "1e999",
            "-",
            "null",
            "\u0000",
            "NaN",
            "{\"taskId\":\"j\",\"environment\":\"writing\",\"prompt\":",
            "\"fields\":{\"a\":1}",
            "9".repeat(400)
        };
        var text = new StringBuilder("{");
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(scraps[random.nextInt(scraps.length)]);
        }
        return text.toString().getBytes(UTF_8);
    }
}
