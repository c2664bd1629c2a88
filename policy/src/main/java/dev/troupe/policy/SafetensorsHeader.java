package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The checked header of a safetensors file: every entry lies inside the file, and entries neither overlap nor leave
 * holes.
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata, long dataStart, long dataBytes) {
    /** The format's own limit, kept so that a corrupt length cannot make us allocate. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    /** Element types that are read; anything else is refused by name. */
    enum Dtype {
        F32(4),
        F16(2),
        BF16(2),
        I64(8);

        private final int bytes;

        Dtype(int bytes) {
            this.bytes = bytes;
        }

        int bytes() {
            return bytes;
        }
    }

    /** One tensor; offsets count from the end of the header. */
    record Entry(Dtype dtype, List<Long> shape, long begin, long end) {
        Entry {
            shape = List.copyOf(shape);
        }
    }

    SafetensorsHeader {
        tensors = Map.copyOf(tensors);
        metadata = Map.copyOf(metadata);
    }

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new CheckpointException(
                    Reason.TRUNCATED, file, "has " + size + " bytes, too few for a safetensors file; fetch it again");
        }
        long length = readFully(file, channel, 0, Long.BYTES).getLong();
        if (length < 2 || length > MAX_HEADER_BYTES) {
            throw new CheckpointException(
                    Reason.CORRUPT_HEADER,
                    file,
                    "states a header of " + Long.toUnsignedString(length) + " bytes, outside 2 to " + MAX_HEADER_BYTES
                            + "; is it a safetensors file?");
        }
        if (length > size - Long.BYTES) {
            throw new CheckpointException(
                    Reason.TRUNCATED,
                    file,
                    "states a header of " + length + " bytes but has only " + size + " bytes; fetch it again");
        }
        byte[] json = readFully(file, channel, Long.BYTES, (int) length).array();
        ObjectNode root = Json.parse(json, file, Reason.CORRUPT_HEADER);
        long dataStart = Long.BYTES + length;
        return new Parser(file, size - dataStart).parse(root, dataStart);
    }

    private static ByteBuffer readFully(Path file, FileChannel channel, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new CheckpointException(Reason.TRUNCATED, file, "ended while its header was read");
            }
        }
        return buffer.flip();
    }

    /** Reads the JSON; a class only so that the file's name reaches every message. */
    private record Parser(Path file, long dataBytes) {
        SafetensorsHeader parse(ObjectNode root, long dataStart) throws CheckpointException {
            Map<String, Entry> tensors = new LinkedHashMap<>();
            Map<String, String> metadata = new TreeMap<>();
            for (var field : root.properties()) {
                if (field.getKey().equals("__metadata__")) {
                    field.getValue()
                            .properties()
                            .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
                } else {
                    tensors.put(field.getKey(), entry(field.getKey(), field.getValue()));
                }
            }
            checkCoverage(tensors);
            return new SafetensorsHeader(tensors, metadata, dataStart, dataBytes);
        }

        private Entry entry(String name, JsonNode node) throws CheckpointException {
            Dtype dtype = dtype(name, node.path("dtype").asText());
            List<Long> shape = longs(name, "shape", node.path("shape"));
            List<Long> offsets = longs(name, "data_offsets", node.path("data_offsets"));
            if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
                throw corrupt(name, "has data_offsets " + offsets + ", not [begin, end]");
            }
            long bytes = dtype.bytes();
            try {
                for (long dimension : shape) {
                    bytes = Math.multiplyExact(bytes, dimension);
                }
            } catch (ArithmeticException e) {
                throw corrupt(name, "has shape " + shape + ", which is more than any file holds");
            }
            long begin = offsets.get(0);
            long end = offsets.get(1);
            if (end - begin != bytes) {
                throw corrupt(
                        name,
                        "of " + dtype + " " + shape + " needs " + bytes + " bytes but has data_offsets " + offsets);
            }
            if (end > dataBytes) {
                throw new CheckpointException(
                        Reason.TRUNCATED,
                        file,
                        "tensor '" + name + "' ends at byte " + end + " but only " + dataBytes
                                + " bytes of data are there; fetch the file again");
            }
            return new Entry(dtype, shape, begin, end);
        }

        private Dtype dtype(String name, String text) throws CheckpointException {
            for (Dtype dtype : Dtype.values()) {
                if (dtype.name().equals(text)) {
                    return dtype;
                }
            }
            throw new CheckpointException(
                    Reason.UNSUPPORTED,
                    file,
                    "tensor '" + name + "' has dtype '" + text + "'; save the checkpoint as F32, F16 or BF16");
        }

        private List<Long> longs(String name, String field, JsonNode array) throws CheckpointException {
            if (!array.isArray()) {
                throw corrupt(name, "has no array '" + field + "'");
            }
            List<Long> values = new ArrayList<>();
            for (JsonNode value : array) {
                if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                    throw corrupt(name, "has " + value + " in '" + field + "', not a whole number of 0 or more");
                }
                values.add(value.longValue());
            }
            return values;
        }

        private void checkCoverage(Map<String, Entry> tensors) throws CheckpointException {
            long covered = 0;
            var sorted = new ArrayList<>(tensors.entrySet());
            sorted.sort(Comparator.comparingLong(
                            (Map.Entry<String, Entry> e) -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()));
            for (var entry : sorted) {
                if (entry.getValue().begin() != covered) {
                    String what =
                            entry.getValue().begin() < covered ? "overlaps the tensor before it" : "leaves a hole";
                    throw corrupt(
                            entry.getKey(),
                            "begins at byte " + entry.getValue().begin() + " where " + covered + " is due: it " + what);
                }
                covered = entry.getValue().end();
            }
            if (covered != dataBytes) {
                throw new CheckpointException(
                        Reason.CORRUPT_HEADER,
                        file,
                        "has " + (dataBytes - covered) + " bytes behind its last tensor; fetch it again");
            }
        }

        private CheckpointException corrupt(String tensor, String problem) {
            return new CheckpointException(Reason.CORRUPT_HEADER, file, "tensor '" + tensor + "' " + problem);
        }
    }
}
