package dev.troupe.schemas;

import org.apache.avro.Schema;

/**
 * Walks Avro binary without building anything, and refuses what a reader would choke on. Avro 1.12 allocates an array
 * of whatever length the bytes declare before it reads the first item, and does not look at what follows a record: here
 * no length may be larger than the bytes that are left, and no byte may be left at the end.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">Avro's binary encoding</a>
 */
final class AvroShape {

    /** Far more than any schema of the catalogue; a schema that names itself could go as deep as the stack. */
    private static final int MAX_DEPTH = 64;

    private final byte[] bytes;
    private int position;

    private AvroShape(byte[] bytes, int start) {
        this.bytes = bytes;
        this.position = start;
    }

    /**
     * Checks that the bytes from {@code start} are one value of the schema.
     *
     * @throws MalformedRecordException with the position of the first byte that does not fit
     */
    static void check(Schema writer, byte[] bytes, int start) throws MalformedRecordException {
        var shape = new AvroShape(bytes, start);
        shape.skip(writer, 0);
        if (shape.position != bytes.length) {
            throw shape.malformed("%d bytes follow the record".formatted(bytes.length - shape.position));
        }
    }

    private void skip(Schema schema, int depth) throws MalformedRecordException {
        if (depth > MAX_DEPTH) {
            throw malformed("nested deeper than " + MAX_DEPTH);
        }
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> skipBytes(1);
            case INT -> {
                long number = readLong();
                if (number != (int) number) {
                    throw malformed("%d is no int".formatted(number));
                }
            }
            case LONG -> readLong();
            case FLOAT -> skipBytes(Float.BYTES);
            case DOUBLE -> skipBytes(Double.BYTES);
            case FIXED -> skipBytes(schema.getFixedSize());
            case STRING, BYTES -> skipBytes(readLong());
            case ENUM -> index("enum symbol", schema.getEnumSymbols().size());
            case UNION ->
                skip(
                        schema.getTypes()
                                .get(index("union branch", schema.getTypes().size())),
                        depth + 1);
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    skip(field.schema(), depth + 1);
                }
            }
            case ARRAY -> skipItems(schema.getElementType(), false, depth);
            case MAP -> skipItems(schema.getValueType(), true, depth);
        }
    }

    private void skipItems(Schema item, boolean named, int depth) throws MalformedRecordException {
        for (long count = readLong(); count != 0; count = readLong()) {
            if (count < 0) {
                // The number of bytes follows, for readers that jump over the block.
                count = -count;
                readLong();
            }
            if (count < 0 || count > bytes.length - position) {
                throw malformed("%d items are declared and %d bytes left".formatted(count, bytes.length - position));
            }
            for (long i = 0; i < count; i++) {
                if (named) {
                    skipBytes(readLong());
                }
                skip(item, depth + 1);
            }
        }
    }

    private int index(String what, int size) throws MalformedRecordException {
        long index = readLong();
        if (index < 0 || index >= size) {
            throw malformed("%s %d of %d".formatted(what, index, size));
        }
        return (int) index;
    }

    private void skipBytes(long count) throws MalformedRecordException {
        if (count < 0 || count > bytes.length - position) {
            throw malformed("%d bytes are declared and %d left".formatted(count, bytes.length - position));
        }
        position += (int) count;
    }

    /** Zig-zag in groups of seven bits, lowest first. */
    private long readLong() throws MalformedRecordException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == bytes.length) {
                throw malformed("the record ends within a number");
            }
            byte next = bytes[position++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw malformed("a number has more than 64 bits");
    }

    private MalformedRecordException malformed(String what) {
        return new MalformedRecordException("%s at byte %d of %d".formatted(what, position, bytes.length));
    }
}
