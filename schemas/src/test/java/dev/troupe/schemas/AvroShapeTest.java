package dev.troupe.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;

class AvroShapeTest {

    private static final Schema NUMBERS =
            SchemaBuilder.array().items().type(SchemaBuilder.builder().longType());
    private static final Schema TREE = new Schema.Parser()
            .parse(
                    "{\"type\":\"record\",\"name\":\"Node\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}");

    /** Bytes of a value and what follows. */
    private interface Writing {
        void to(BinaryEncoder encoder) throws IOException;
    }

    private static byte[] bytes(Writing writing) throws IOException {
        var out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        writing.to(encoder);
        encoder.flush();
        return out.toByteArray();
    }

    @Test
    void acceptsWhatAvroWritesForEveryTopicAndRefusesEveryPrefixOfIt() throws IOException {
        long seed = 20261125;
        for (Topic<?> topic : TopicCatalog.all()) {
            for (Object value : new RandomData(topic.schema(), 5, seed)) {
                byte[] written = bytes(encoder -> new GenericDatumWriter<>(topic.schema()).write(value, encoder));
                assertThatCode(() -> AvroShape.check(topic.schema(), written, 0))
                        .as("%s, seed %d", topic.name(), seed)
                        .doesNotThrowAnyException();
                for (int length = 0; length < written.length; length += 1 + written.length / 50) {
                    byte[] prefix = Arrays.copyOf(written, length);
                    assertThatThrownBy(() -> AvroShape.check(topic.schema(), prefix, 0))
                            .as("%s, %d of %d bytes, seed %d", topic.name(), length, written.length, seed)
                            .isInstanceOf(MalformedRecordException.class);
                }
            }
        }
    }

    @Test
    void whatPassesCanBeRead() throws IOException {
        long seed = 5;
        var random = new Random(seed);
        Schema schema = TopicCatalog.EPISODES.schema();
        byte[] good = bytes(encoder -> new GenericDatumWriter<>(schema)
                .write(new RandomData(schema, 1, seed).iterator().next(), encoder));
        int passed = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] mutated = good.clone();
            mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
            if (passes(schema, mutated)) {
                passed++;
                assertThatCode(() -> new GenericDatumReader<>(schema)
                                .read(null, DecoderFactory.get().binaryDecoder(mutated, null)))
                        .as("mutation %d, seed %d", i, seed)
                        .doesNotThrowAnyException();
            }
        }
        assertThat(passed).as("of 2000, seed %d", seed).isBetween(100, 1999);
    }

    private static boolean passes(Schema schema, byte[] bytes) {
        try {
            AvroShape.check(schema, bytes, 0);
            return true;
        } catch (MalformedRecordException _) {
            return false;
        }
    }

    @Test
    void aDeclaredLengthTakesNoMemory() throws IOException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<byte[]> hostile = List.of(
                bytes(encoder -> encoder.writeLong(100_000_000)),
                bytes(encoder -> {
                    encoder.writeLong(-100_000_000);
                    encoder.writeLong(1);
                    encoder.writeLong(7);
                }),
                bytes(encoder -> encoder.writeLong(Long.MIN_VALUE)),
                bytes(encoder -> encoder.writeLong(Long.MAX_VALUE)));
        long before = threads.getCurrentThreadAllocatedBytes();
        for (byte[] value : hostile) {
            assertThat(passes(NUMBERS, value)).isFalse();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }

    @Test
    void namesTheFirstByteThatDoesNotFit() throws IOException {
        byte[] value = bytes(encoder -> {
            encoder.writeLong(3);
            encoder.writeLong(1);
        });
        assertThatThrownBy(() -> AvroShape.check(NUMBERS, value, 0))
                .hasMessage("3 items are declared and 1 bytes left at byte 1 of 2");
    }

    @Test
    void aLongIsNoInt() throws IOException {
        byte[] value = bytes(encoder -> encoder.writeLong(1L << 40));
        assertThatThrownBy(() -> AvroShape.check(SchemaBuilder.builder().intType(), value, 0))
                .hasMessageContaining("1099511627776 is no int");
    }

    @Test
    void depthIsBounded() throws IOException {
        byte[] deep = bytes(encoder -> {
            for (int i = 0; i < 100_000; i++) {
                encoder.writeLong(1);
            }
            encoder.writeLong(0);
        });
        assertThatThrownBy(() -> AvroShape.check(TREE, deep, 0)).hasMessageContaining("nested deeper");
    }
}
