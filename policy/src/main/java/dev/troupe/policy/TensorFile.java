package dev.troupe.policy;

import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** An open safetensors file with a verified header; values are copied out one tensor at a time. */
public final class TensorFile implements AutoCloseable {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final SafetensorsHeader header;
    private final Arena arena;
    private final MemorySegment data;

    private TensorFile(Path file, SafetensorsHeader header, Arena arena, MemorySegment data) {
        this.file = file;
        this.header = header;
        this.arena = arena;
        this.data = data;
    }

    static TensorFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(Reason.MISSING_FILE, file, "does not exist");
        }
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            MemorySegment data =
                    channel.map(FileChannel.MapMode.READ_ONLY, header.dataStart(), header.dataBytes(), arena);
            opened = true;
            return new TensorFile(file, header, arena, data);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    /** Where it was opened. */
    public Path file() {
        return file;
    }

    public SortedSet<String> names() {
        return new TreeSet<>(header.tensors().keySet());
    }

    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** The dimensions of the tensor, outermost first. */
    public List<Long> shape(String name) throws CheckpointException {
        return entry(name).shape();
    }

    /** The tensor's values, widened to 32-bit floats. */
    public FloatTensor floats(String name) throws CheckpointException {
        SafetensorsHeader.Entry entry = entry(name);
        float[] values = new float[count(name, entry)];
        read(name, 0, values);
        return FloatTensor.owning(values, entry.shape());
    }

    /** Fills {@code target} with the tensor's values from index {@code from} on, widened to 32-bit floats. */
    void read(String name, long from, float[] target) throws CheckpointException {
        SafetensorsHeader.Entry entry = entry(name);
        int width = entry.dtype().bytes();
        MemorySegment bytes = data.asSlice(entry.begin() + from * width, (long) target.length * width);
        switch (entry.dtype()) {
            case F32 -> MemorySegment.copy(bytes, F32, 0, target, 0, target.length);
            case F16 -> {
                for (int i = 0; i < target.length; i++) {
                    target[i] = Float.float16ToFloat(bytes.getAtIndex(U16, i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < target.length; i++) {
                    target[i] = Float.intBitsToFloat((bytes.getAtIndex(U16, i) & 0xffff) << 16);
                }
            }
            case I64 ->
                throw new CheckpointException(
                        Reason.UNSUPPORTED, file, "tensor '" + name + "' holds I64 where floats are needed");
        }
    }

    /** Whether a tensor has the bytes of a tensor of another file. */
    boolean sameBytes(String name, TensorFile other, String otherName) throws CheckpointException {
        SafetensorsHeader.Entry mine = entry(name);
        SafetensorsHeader.Entry theirs = other.entry(otherName);
        return mine.dtype() == theirs.dtype()
                && data.asSlice(mine.begin(), mine.end() - mine.begin())
                                .mismatch(other.data.asSlice(theirs.begin(), theirs.end() - theirs.begin()))
                        == -1;
    }

    /** The values of an I64 tensor. */
    public long[] longs(String name) throws CheckpointException {
        SafetensorsHeader.Entry entry = entry(name);
        if (entry.dtype() != SafetensorsHeader.Dtype.I64) {
            throw new CheckpointException(
                    Reason.UNSUPPORTED, file, "tensor '" + name + "' holds " + entry.dtype() + " where I64 is needed");
        }
        long[] values = new long[count(name, entry)];
        MemorySegment bytes = data.asSlice(entry.begin(), entry.end() - entry.begin());
        MemorySegment.copy(bytes, I64, 0, values, 0, values.length);
        return values;
    }

    private int count(String name, SafetensorsHeader.Entry entry) throws CheckpointException {
        long count = (entry.end() - entry.begin()) / entry.dtype().bytes();
        if (count > Integer.MAX_VALUE - 8) {
            throw new CheckpointException(
                    Reason.TOO_LARGE,
                    file,
                    "tensor '" + name + "' has " + count + " values, more than one array holds");
        }
        return (int) count;
    }

    private SafetensorsHeader.Entry entry(String name) throws CheckpointException {
        SafetensorsHeader.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new CheckpointException(Reason.MISSING_TENSOR, file, "holds no tensor '" + name + "'");
        }
        return entry;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
