package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.Bytes;
import dev.troupe.reward.sandbox.PythonValue.DictOf;
import dev.troupe.reward.sandbox.PythonValue.Entry;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.PythonValue.Real;
import dev.troupe.reward.sandbox.PythonValue.SetOf;
import dev.troupe.reward.sandbox.PythonValue.Text;
import dev.troupe.reward.sandbox.PythonValue.TupleOf;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** How texts, values and frames travel between the judge and its child. */
final class Wire {

    /** Largest frame; a child that announces more is broken or taken over. */
    static final int MAX_FRAME = 8 << 20;

    static final int NONCE_BYTES = 16;

    /** Deepest nesting of a value. */
    static final int MAX_DEPTH = 64;

    /** Frames of the child. */
    static final byte READY = 1;

    static final byte STARTED = 2;
    static final byte FINISHED = 3;
    static final byte TIMED_OUT = 4;
    static final byte FLOODED = 5;

    private Wire() {}

    static void writeFrame(DataOutputStream out, byte[] frame) throws IOException {
        if (frame.length > MAX_FRAME) {
            throw new IOException("frame of %d bytes, at most %d".formatted(frame.length, MAX_FRAME));
        }
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
    }

    static byte[] readFrame(DataInputStream in) throws IOException {
        int length = checked(in.readInt(), MAX_FRAME);
        byte[] frame = in.readNBytes(length);
        if (frame.length < length) {
            throw new EOFException("the stream ended inside a frame");
        }
        return frame;
    }

    // Strings travel as UTF-16, because Python's may hold lone surrogates.
    static void writeText(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        out.writeChars(text);
    }

    static String readText(DataInputStream in) throws IOException {
        int length = checked(in.readInt(), in.available() / 2);
        var text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = in.readChar();
        }
        return new String(text);
    }

    static int readCount(DataInputStream in) throws IOException {
        return checked(in.readInt(), in.available());
    }

    static void writeValue(DataOutputStream out, PythonValue value) throws IOException {
        switch (value) {
            case None() -> out.writeByte('n');
            case Bool(boolean flag) -> out.writeByte(flag ? 'T' : 'F');
            case Int(BigInteger number) -> {
                byte[] bytes = number.toByteArray();
                out.writeByte('i');
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            case Real(double number) -> {
                out.writeByte('d');
                out.writeDouble(number);
            }
            case Text(String text) -> {
                out.writeByte('s');
                writeText(out, text);
            }
            case Bytes(String latin1) -> {
                out.writeByte('b');
                out.writeInt(latin1.length());
                out.writeBytes(latin1);
            }
            case ListOf(List<PythonValue> items) -> writeItems(out, 'l', items);
            case TupleOf(List<PythonValue> items) -> writeItems(out, 't', items);
            case SetOf(List<PythonValue> items) -> writeItems(out, 'e', items);
            case DictOf(List<Entry> entries) -> {
                out.writeByte('m');
                out.writeInt(entries.size());
                for (Entry entry : entries) {
                    writeValue(out, entry.key());
                    writeValue(out, entry.value());
                }
            }
        }
    }

    private static void writeItems(DataOutputStream out, char tag, List<PythonValue> items) throws IOException {
        out.writeByte(tag);
        out.writeInt(items.size());
        for (PythonValue item : items) {
            writeValue(out, item);
        }
    }

    /**
     * Bytes that a value takes.
     *
     * @throws IllegalArgumentException when it is nested more deeply than values may travel
     */
    static long length(PythonValue value) {
        return length(value, MAX_DEPTH);
    }

    private static long length(PythonValue value, int depth) {
        if (depth < 0) {
            throw new IllegalArgumentException("a value is nested more than %d deep".formatted(MAX_DEPTH));
        }
        return switch (value) {
            case None _, Bool _ -> 1;
            case Int(BigInteger number) -> 5 + number.bitLength() / Byte.SIZE + 1;
            case Real _ -> 1 + Double.BYTES;
            case Text(String text) -> 5 + 2L * text.length();
            case Bytes(String latin1) -> 5 + latin1.length();
            case ListOf(List<PythonValue> items) -> length(items, depth);
            case TupleOf(List<PythonValue> items) -> length(items, depth);
            case SetOf(List<PythonValue> items) -> length(items, depth);
            case DictOf(List<Entry> entries) ->
                5
                        + entries.stream()
                                .mapToLong(entry -> length(entry.key(), depth - 1) + length(entry.value(), depth - 1))
                                .sum();
        };
    }

    private static long length(List<PythonValue> items, int depth) {
        return 5 + items.stream().mapToLong(item -> length(item, depth - 1)).sum();
    }

    static PythonValue readValue(DataInputStream in) throws IOException {
        return readValue(in, MAX_DEPTH);
    }

    private static PythonValue readValue(DataInputStream in, int depth) throws IOException {
        if (depth < 0) {
            throw new StreamCorruptedException("value is nested too deeply");
        }
        byte tag = in.readByte();
        return switch (tag) {
            case 'n' -> new None();
            case 'T' -> new Bool(true);
            case 'F' -> new Bool(false);
            case 'i' -> new Int(new BigInteger(in.readNBytes(Math.max(1, readCount(in)))));
            case 'd' -> new Real(in.readDouble());
            case 's' -> new Text(readText(in));
            case 'b' -> new Bytes(new String(in.readNBytes(readCount(in)), ISO_8859_1));
            case 'l' -> new ListOf(readItems(in, depth));
            case 't' -> new TupleOf(readItems(in, depth));
            case 'e' -> new SetOf(readItems(in, depth));
            case 'm' -> {
                int size = readCount(in);
                var entries = new ArrayList<Entry>();
                for (int i = 0; i < size; i++) {
                    entries.add(new Entry(readValue(in, depth - 1), readValue(in, depth - 1)));
                }
                yield new DictOf(entries);
            }
            default -> throw new StreamCorruptedException("no value starts with byte " + tag);
        };
    }

    private static List<PythonValue> readItems(DataInputStream in, int depth) throws IOException {
        int size = readCount(in);
        // Not sized ahead: nested lists that each announce all the bytes there are would take memory many times over.
        var items = new ArrayList<PythonValue>();
        for (int i = 0; i < size; i++) {
            items.add(readValue(in, depth - 1));
        }
        return items;
    }

    private static int checked(int length, int most) throws IOException {
        if (length < 0 || length > most) {
            throw new StreamCorruptedException("length %d, at most %d".formatted(length, most));
        }
        return length;
    }
}
