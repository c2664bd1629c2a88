package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path directory;

    @Test
    void readsWhatItWrote() throws Exception {
        // Given
        var matrix = FloatTensor.of(new float[] {1, -2.5f, Float.MIN_VALUE, 4, 5, 6}, 2, 3);
        var scalar = FloatTensor.of(new float[] {7});
        var empty = FloatTensor.of(new float[0], 0, 3);

        // When
        Safetensors.write(file(), Map.of("m", matrix, "s", scalar, "e", empty), Map.of("step", "3"));

        // Then
        try (TensorFile read = Safetensors.open(file())) {
            assertThat(read.names()).containsExactly("e", "m", "s");
            assertThat(read.floats("m")).isEqualTo(matrix);
            assertThat(read.floats("s")).isEqualTo(scalar);
            assertThat(read.floats("e")).isEqualTo(empty);
            assertThat(read.metadata()).containsEntry("step", "3").containsEntry("format", "pt");
        }
    }

    @Test
    void writesTheSameBytesInWhateverOrderTensorsCome() throws Exception {
        // Given
        Map<String, FloatTensor> forward = new LinkedHashMap<>();
        Map<String, FloatTensor> backward = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            forward.put("t" + i, FloatTensor.of(new float[] {i}, 1));
            backward.put("t" + (4 - i), FloatTensor.of(new float[] {4 - i}, 1));
        }

        // When
        Safetensors.write(file(), forward, Map.of());
        Safetensors.write(directory.resolve("other"), backward, Map.of());

        // Then
        assertThat(file()).hasSameBinaryContentAs(directory.resolve("other"));
        long header = ByteBuffer.wrap(Files.readAllBytes(file()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        assertThat(header % 8).isZero();
    }

    @Test
    void widensHalfPrecision() throws Exception {
        // Given: 1, -2 in F16, then 1, -2 in BF16, then a long
        byte[] data = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0x3c00)
                .putShort((short) 0xc000)
                .putShort((short) 0x3f80)
                .putShort((short) 0xc000)
                .putLong(Long.MIN_VALUE)
                .array();
        write(
                "{\"h\":" + entry("F16", "[2]", 0, 4) + ",\"b\":" + entry("BF16", "[2]", 4, 8) + ",\"l\":"
                        + entry("I64", "[1]", 8, 16) + "}",
                data);

        // When, Then
        try (TensorFile read = Safetensors.open(file())) {
            assertThat(read.floats("h").toArray()).containsExactly(1, -2);
            assertThat(read.floats("b").toArray()).containsExactly(1, -2);
            assertThat(read.longs("l")).containsExactly(Long.MIN_VALUE);
            assertThatThrownBy(() -> read.floats("l")).hasMessageContaining("'l' holds I64");
            assertThatThrownBy(() -> read.longs("h")).hasMessageContaining("'h' holds F16");
            assertThatThrownBy(() -> read.floats("x")).hasMessageContaining("no tensor 'x'");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}} | CORRUPT_HEADER | needs 8 bytes
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[8,20]}} | TRUNCATED | ends at byte 20 but only 12
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}} | CORRUPT_HEADER | leaves a hole
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | CORRUPT_HEADER | 4 bytes behind
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}} | CORRUPT_HEADER | 'b' begins at byte 4 where 8 is due: it overlaps
            {"a":{"dtype":"I16","shape":[6],"data_offsets":[0,12]}} | UNSUPPORTED | dtype 'I16'
            {"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}} | CORRUPT_HEADER | has -3 in 'shape'
            {"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,12]}} | CORRUPT_HEADER | has 1.5 in 'shape'
            {"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,12]}} | CORRUPT_HEADER | more than any file
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}} | CORRUPT_HEADER | not [begin, end]
            {"a":{"dtype":"F32","data_offsets":[0,12]}} | CORRUPT_HEADER | no array 'shape'
            {"a":7} | UNSUPPORTED | 'a'
            {"a":{},"a":{}} | CORRUPT_HEADER | not valid JSON
            {"a": | CORRUPT_HEADER | not valid JSON
            [] | CORRUPT_HEADER | JSON object
            """)
    void refusesAHeaderThatLies(String header, Reason reason, String message) throws Exception {
        write(header, new byte[12]);

        assertThatThrownBy(() -> Safetensors.open(file()))
                .isInstanceOfSatisfying(
                        CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageStartingWith(file().toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesAHeaderLengthBeforeTakingMemoryForIt() throws Exception {
        for (long length : List.of(Long.MAX_VALUE, -1L, 100_000_001L, 1L)) {
            Files.write(file(), lengthThen(length, new byte[8]));

            assertThatThrownBy(() -> Safetensors.open(file())).hasMessageContaining("states a header of");
        }
        Files.write(file(), lengthThen(99_000_000L, new byte[8]));
        assertThatThrownBy(() -> Safetensors.open(file())).hasMessageContaining("has only 16 bytes");
    }

    @Test
    void refusesEveryTruncation() throws Exception {
        // Given
        Safetensors.write(file(), Map.of("a", FloatTensor.of(new float[3], 3)), Map.of());
        byte[] whole = Files.readAllBytes(file());

        for (int length = 0; length < whole.length; length++) {
            // When
            Files.write(file(), Arrays.copyOf(whole, length));

            // Then
            assertThatThrownBy(() -> Safetensors.open(file()))
                    .as("%d bytes", length)
                    .isInstanceOfSatisfying(
                            CheckpointException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.TRUNCATED));
        }
    }

    @Test
    void readsBehindTwoGibibytesWithoutReadingThem() throws Exception {
        // Given: a file with holes on disk, so that it takes no room
        long big = (2L << 30) + 64;
        write("""
                {"big":{"dtype":"BF16","shape":[%d],"data_offsets":[0,%d]},
                "small":{"dtype":"F32","shape":[1],"data_offsets":[%2$d,%d]}}""".formatted(big / 2, big, big + 4), new byte[0]);
        long end = Files.size(file()) + big;
        try (var channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 2.5f), end);
        }

        // When, Then
        try (TensorFile read = Safetensors.open(file())) {
            assertThat(read.floats("small")).isEqualTo(FloatTensor.of(new float[] {2.5f}, 1));
        }
    }

    private Path file() {
        return directory.resolve("t.safetensors");
    }

    private static String entry(String dtype, String shape, int begin, int end) {
        return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(dtype, shape, begin, end);
    }

    private void write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(json, json.length + data.length);
        System.arraycopy(data, 0, all, json.length, data.length);
        Files.write(file(), lengthThen(json.length, all));
    }

    private static byte[] lengthThen(long length, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(rest)
                .array();
    }
}
