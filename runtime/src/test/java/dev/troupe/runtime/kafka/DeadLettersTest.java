package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.Topic;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLettersTest {

    private final ConsumerRecord<byte[], byte[]> original = new ConsumerRecord<>(
            "tasks",
            2,
            41,
            1234L,
            TimestampType.CREATE_TIME,
            1,
            5,
            "k".getBytes(UTF_8),
            "value".getBytes(UTF_8),
            new RecordHeaders().add("trace", new byte[] {7}),
            Optional.empty());

    @Test
    void keepsTheOriginalAndAddsTheReason() {
        ProducerRecord<byte[], byte[]> letter = DeadLetters.record(
                original, DeadLetterReason.UNKNOWN_TEAM, "deal", "no team 'x'", new IllegalStateException("no"));

        assertThat(letter.topic()).isEqualTo("dead-letters");
        assertThat(letter.key()).isEqualTo(original.key());
        assertThat(letter.value()).isEqualTo(original.value());
        assertThat(letter.timestamp()).isEqualTo(1234L);
        assertThat(letter.headers().lastHeader("trace").value()).containsExactly(7);
        assertHeader(letter, "reason", "unknown-team");
        assertHeader(letter, "stage", "deal");
        assertHeader(letter, "topic", "tasks");
        assertHeader(letter, "partition", "2");
        assertHeader(letter, "offset", "41");
        assertHeader(letter, "message", "no team 'x'");
        assertHeader(letter, "exception", "java.lang.IllegalStateException");
    }

    @Test
    void saysWhereTheOriginalLay() {
        var letter = DeadLetters.record(original, DeadLetterReason.MALFORMED, "s", "m", null);

        assertThat(DeadLetters.origin(letter.headers())).contains(new Origin("tasks", 2, 41));
    }

    @ParameterizedTest
    @CsvSource({
        "tasks, , 41",
        "tasks, 2, ",
        "tasks, two, 41",
        "tasks, 2, -1",
        "tasks, 2, 99999999999999999999",
        "tasks, 4294967296, 41",
        ", 2, 41",
    })
    void foreignHeadersNameNoPlace(@Nullable String topic, @Nullable String partition, @Nullable String offset) {
        var headers = new RecordHeaders();
        add(headers, DeadLetters.TOPIC, topic);
        add(headers, DeadLetters.PARTITION, partition);
        add(headers, DeadLetters.OFFSET, offset);

        assertThat(DeadLetters.origin(headers)).isEmpty();
    }

    @Test
    void replaysTheOriginalWithoutOurHeaders() {
        var letter = consumed(DeadLetters.record(original, DeadLetterReason.MALFORMED, "s", "m", null));

        ProducerRecord<byte[], byte[]> replayed = DeadLetters.replay(letter).orElseThrow();

        assertThat(replayed.topic()).isEqualTo("tasks");
        assertThat(replayed.key()).isEqualTo(original.key());
        assertThat(replayed.value()).isEqualTo(original.value());
        assertThat(replayed.headers().toArray())
                .extracting(header -> header.key())
                .containsExactly("trace", DeadLetters.REPLAYED);
        assertThat(DeadLetters.text(replayed.headers(), DeadLetters.REPLAYED)).contains("0:0");
        assertThat(replayed.timestamp()).isNull();
    }

    @Test
    void aMarkerNamesTheLetterAndIsNone() {
        var letter = consumed(DeadLetters.record(original, DeadLetterReason.MALFORMED, "s", "m", null));

        ProducerRecord<byte[], byte[]> marker = DeadLetters.replayMarker(letter);

        assertThat(DeadLetters.text(marker.headers(), DeadLetters.REPLAY_MARKER))
                .contains("0:0");
        assertThat(DeadLetters.isLetter(letter)).isTrue();
        assertThat(DeadLetters.isLetter(consumed(marker))).isFalse();
    }

    @Test
    void keepsTheLargestOriginalWhole() {
        byte[] value = new byte[Topic.MAX_MESSAGE_BYTES];

        var letter = DeadLetters.record(
                original("k".getBytes(UTF_8), value), DeadLetterReason.TOO_LARGE, "s", "x".repeat(5000), null);

        assertThat(letter.value()).isSameAs(value);
    }

    @Test
    void leavesOutWhatCannotFit() {
        byte[] huge = new byte[DeadLetters.MAX_LETTER_BYTES];

        var value = DeadLetters.record(original("k".getBytes(UTF_8), huge), DeadLetterReason.MALFORMED, "s", "m", null);
        var key = DeadLetters.record(original(huge, new byte[3]), DeadLetterReason.MALFORMED, "s", "m", null);

        assertThat(value.value()).isNull();
        assertThat(value.key()).isEqualTo("k".getBytes(UTF_8));
        assertHeader(value, "omitted", Integer.toString(huge.length));
        assertThat(key.key()).isNull();
        assertThat(key.headers().lastHeader("trace")).isNull();
        assertHeader(key, "reason", "malformed");
    }

    @Test
    void aSecondRoundReplacesTheReasonOfTheFirst() {
        var first = consumed(DeadLetters.record(original, DeadLetterReason.MALFORMED, "s", "m", null));

        var second = DeadLetters.record(first, DeadLetterReason.TOO_LARGE, "t", "n", null);

        assertThat(second.headers().headers(DeadLetters.REASON)).hasSize(1);
        assertHeader(second, "reason", "too-large");
    }

    @Test
    void doesNotReplayWhatIsNotWhole() {
        var letter = DeadLetters.record(original, DeadLetterReason.TOO_LARGE, "s", "m", null);

        ProducerRecord<byte[], byte[]> small = DeadLetters.smaller(letter).orElseThrow();

        assertThat(small.value()).isNull();
        assertThat(small.key()).isEqualTo(original.key());
        assertHeader(small, "omitted", "5");
        assertThat(DeadLetters.replay(consumed(small))).isEmpty();
        assertThat(DeadLetters.replay(original)).isEmpty();
    }

    @Test
    void aLetterThatIsTooLargeWithoutItsValueKeepsTheReasonAlone() {
        var letter = DeadLetters.record(original, DeadLetterReason.TOO_LARGE, "s", "m", null);

        var smallest = DeadLetters.smaller(letter).flatMap(DeadLetters::smaller).orElseThrow();

        assertThat(smallest.key()).isNull();
        assertThat(smallest.headers().lastHeader("trace")).isNull();
        assertHeader(smallest, "reason", "too-large");
        assertHeader(smallest, "omitted", "5");
        assertThat(DeadLetters.smaller(smallest)).isEmpty();
    }

    @Test
    void anInputThatCarriesAMarkerBecomesALetterAllTheSame() {
        original.headers().add(DeadLetters.REPLAY_MARKER, "0:7".getBytes(UTF_8));

        var letter = DeadLetters.record(original, DeadLetterReason.MALFORMED, "s", "m", null);

        assertThat(DeadLetters.isLetter(consumed(letter))).isTrue();
    }

    @Test
    void shortensAnEndlessMessage() {
        var letter = DeadLetters.record(original, DeadLetterReason.MALFORMED, "s", "x".repeat(100_000), null);

        assertThat(letter.headers().lastHeader(DeadLetters.MESSAGE).value()).hasSize(2000);
    }

    private static ConsumerRecord<byte[], byte[]> original(byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                "tasks",
                2,
                41,
                1234L,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                new RecordHeaders().add("trace", new byte[] {7}),
                Optional.empty());
    }

    private static void assertHeader(ProducerRecord<byte[], byte[]> letter, String name, String value) {
        assertThat(DeadLetters.text(letter.headers(), "__troupe.errors." + name))
                .contains(value);
    }

    private static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                0,
                0L,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private static void add(RecordHeaders headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(UTF_8));
        }
    }
}
