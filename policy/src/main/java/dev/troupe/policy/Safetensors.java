package dev.troupe.policy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads and writes safetensors files: a little-endian u64 header length, a JSON header padded with spaces to a multiple
 * of eight bytes, and the tensors without holes (format of huggingface/safetensors).
 */
public final class Safetensors {
    private static final int CHUNK_BYTES = 1 << 20;

    private Safetensors() {}

    /**
     * Opens a file, checks its whole header against its size, and maps the tensors; nothing is read before the header
     * is found sound.
     *
     * @throws CheckpointException naming the file, the tensor and the value that is wrong
     */
    public static TensorFile open(Path file) throws IOException {
        return TensorFile.open(file);
    }

    /** Writes 32-bit float tensors, sorted by name; equal content gives equal bytes. */
    public static void write(Path file, Map<String, ? extends TensorValues> tensors, Map<String, String> metadata)
            throws IOException {
        SortedMap<String, TensorValues> sorted = new TreeMap<>(tensors);
        byte[] header = header(sorted, new TreeMap<>(metadata));
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(header.length).put(header).flip();
            writeAll(channel, start);
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (TensorValues tensor : sorted.values()) {
                writeTensor(channel, tensor, chunk);
            }
            channel.force(true);
        }
    }

    private static byte[] header(SortedMap<String, TensorValues> tensors, SortedMap<String, String> metadata) {
        var root = Json.object();
        var meta = root.putObject("__metadata__");
        meta.put("format", "pt");
        metadata.forEach(meta::put);
        long offset = 0;
        for (var entry : tensors.entrySet()) {
            var node = root.putObject(entry.getKey());
            node.put("dtype", "F32");
            var shape = node.putArray("shape");
            entry.getValue().shape().forEach(shape::add);
            long end = offset + entry.getValue().count() * Float.BYTES;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, Long.BYTES) * Long.BYTES);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void writeTensor(FileChannel channel, TensorValues tensor, ByteBuffer chunk) throws IOException {
        long count = tensor.count();
        float[] values = new float[(int) Math.min(count, CHUNK_BYTES / Float.BYTES)];
        for (long from = 0; from < count; from += values.length) {
            int length = (int) Math.min(values.length, count - from);
            tensor.copyTo(from, values, length);
            chunk.clear();
            chunk.asFloatBuffer().put(values, 0, length);
            writeAll(channel, chunk.limit(length * Float.BYTES));
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
