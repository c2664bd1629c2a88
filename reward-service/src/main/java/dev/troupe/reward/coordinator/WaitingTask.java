package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.kafka.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A task that waits to be dealt, with the record it came in: if it is refused in the end, its dead letter is whole.
 *
 * @param arrivedAt epoch ms
 * @param policies that will play it
 */
record WaitingTask(long arrivedAt, List<String> policies, Incoming original) {

    private static final int FORMAT = 1;

    WaitingTask {
        policies = List.copyOf(policies);
    }

    byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(arrivedAt);
            out.writeInt(policies.size());
            for (String policy : policies) {
                out.writeUTF(policy);
            }
            Origin origin = original.origin();
            out.writeUTF(origin.topic());
            out.writeInt(origin.partition());
            out.writeLong(origin.offset());
            Record<byte[], byte[]> record = original.record();
            out.writeLong(record.timestamp());
            write(out, record.key());
            write(out, record.value());
            Header[] headers = record.headers().toArray();
            out.writeInt(headers.length);
            for (Header header : headers) {
                write(out, header.key().getBytes(UTF_8));
                write(out, header.value());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static WaitingTask decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalStateException("waiting task of format %d, this release reads %d; upgrade the service"
                        .formatted(format, FORMAT));
            }
            long arrivedAt = in.readLong();
            List<String> policies = new ArrayList<>();
            for (int count = in.readInt(); count > 0; count--) {
                policies.add(in.readUTF());
            }
            var origin = new Origin(in.readUTF(), in.readInt(), in.readLong());
            long timestamp = in.readLong();
            byte[] key = read(in);
            byte[] value = read(in);
            Headers headers = new RecordHeaders();
            for (int count = in.readInt(); count > 0; count--) {
                headers.add(new String(requireNonNull(read(in), "a header has no name"), UTF_8), read(in));
            }
            return new WaitingTask(
                    arrivedAt, policies, new Incoming(new Record<>(key, value, timestamp, headers), origin));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte @Nullable [] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : in.readNBytes(length);
    }
}
