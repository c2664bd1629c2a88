package dev.troupe.cli.score;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a file line by line; one that is too long is passed over, so that it does not fill the memory. */
final class LineFile implements AutoCloseable {

    /** Bytes of a line. */
    static final int MAX_LINE = 16 << 20;

    private final InputStream stream;
    private final int maxLine;
    private long number;
    private long read;

    private LineFile(InputStream stream, int maxLine) {
        this.stream = stream;
        this.maxLine = maxLine;
    }

    /**
     * A line without its end.
     *
     * @param number from 1
     * @param text its bytes; the first ones of a line that is too long
     * @param length of the line in the file, bytes
     */
    record Line(long number, Bytes text, long length) {
        boolean complete() {
            return text.size() == length;
        }
    }

    /** The bytes of a line; nobody changes them. */
    static final class Bytes {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        boolean isBlank() {
            for (byte each : bytes) {
                if (each != ' ' && each != '\t' && each != '\r') {
                    return false;
                }
            }
            return true;
        }

        int size() {
            return bytes.length;
        }

        byte[] toArray() {
            return bytes.clone();
        }
    }

    static LineFile open(Path file) throws IOException {
        return of(Files.newInputStream(file), MAX_LINE);
    }

    static LineFile of(InputStream stream, int maxLine) {
        return new LineFile(new BufferedInputStream(stream, 1 << 16), maxLine);
    }

    /** The next line; empty at the end of the file. */
    Optional<Line> next() throws IOException {
        var text = new ByteArrayOutputStream();
        long length = 0;
        int next = stream.read();
        if (next < 0) {
            return Optional.empty();
        }
        while (next >= 0 && next != '\n') {
            if (length < maxLine) {
                text.write(next);
            }
            length++;
            next = stream.read();
        }
        read += length + 1;
        number++;
        return Optional.of(new Line(number, new Bytes(text.toByteArray()), length));
    }

    /** Bytes read so far. */
    long read() {
        return read;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
