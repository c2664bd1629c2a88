package dev.troupe.trainer.report;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A file of records as TensorFlow frames them: the length in 8 bytes, little-endian, and its checksum; the bytes and
 * their checksum. Checksums are CRC-32C, masked.
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details">TFRecords format</a>
 */
final class RecordFile implements AutoCloseable {
    private static final int HEADER = Long.BYTES + Integer.BYTES;
    private static final int MAX_RECORD = 64 << 20;
    private static final int MASK = 0xa282ead8;

    private final RandomAccessFile file;

    private RecordFile(RandomAccessFile file) {
        this.file = file;
    }

    /**
     * Opens a file behind its last whole record, and cuts off what follows.
     *
     * @param path made when it is not there
     * @param records gets each record that is there
     */
    static RecordFile open(Path path, Consumer<byte[]> records) throws IOException {
        RandomAccessFile file = SoleWriter.open(path);
        try {
            long end = read(file, records);
            file.setLength(end);
            file.seek(end);
            return new RecordFile(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** @return where the last whole record ends */
    @SuppressWarnings("resource") // the stream is a view of the file, which stays open
    private static long read(RandomAccessFile file, Consumer<byte[]> records) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(file.getChannel())));
        long position = 0;
        while (file.length() - position >= HEADER + Integer.BYTES) {
            byte[] header = in.readNBytes(HEADER);
            var fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
            long length = fields.getLong();
            boolean whole = fields.getInt() == checksum(header, Long.BYTES)
                    && length >= 0
                    && length <= Math.min(MAX_RECORD, file.length() - position - HEADER - Integer.BYTES);
            if (!whole) {
                break;
            }
            byte[] bytes = in.readNBytes((int) length);
            if (Integer.reverseBytes(in.readInt()) != checksum(bytes, bytes.length)) {
                break;
            }
            records.accept(bytes);
            position += HEADER + length + Integer.BYTES;
        }
        return position;
    }

    /** Appends a record. */
    void append(byte[] bytes) throws IOException {
        var frame = ByteBuffer.allocate(HEADER + bytes.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(bytes.length);
        frame.putInt(checksum(frame.array(), Long.BYTES));
        frame.put(bytes);
        frame.putInt(checksum(bytes, bytes.length));
        file.write(frame.array());
    }

    private static int checksum(byte[] bytes, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
