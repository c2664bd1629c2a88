package dev.troupe.policy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    public static void write(Path file, Map<String, FloatTensor> tensors, Map<String, String> metadata)
            throws IOException {
        SortedMap<String, FloatTensor> sorted = new TreeMap<>(tensors);
        byte[] header = header(sorted, new TreeMap<>(metadata));
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(header.length).put(header).flip();
            writeAll(channel, start);
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (FloatTensor tensor : sorted.values()) {
                writeTensor(channel, tensor, chunk);
            }
            channel.force(true);
        }
    }

    private static byte[] header(SortedMap<String, FloatTensor> tensors, SortedMap<String, String> metadata) {
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
            long end = offset + (long) entry.getValue().size() * Float.BYTES;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        StringBuilder text = new StringBuilder(root.toString());
        while (text.toString().getBytes(StandardCharsets.UTF_8).length % Long.BYTES != 0) {
            text.append(' ');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void writeTensor(FileChannel channel, FloatTensor tensor, ByteBuffer chunk) throws IOException {
        for (int next = 0; next < tensor.size(); ) {
            chunk.clear();
            while (chunk.hasRemaining() && next < tensor.size()) {
                chunk.putFloat(tensor.get(next++));
            }
            writeAll(channel, chunk.flip());
        }
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
