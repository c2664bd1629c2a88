package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.Origin;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** A record as it was consumed, and where: all that a dead letter needs. */
record Incoming(Record<byte[], byte[]> record, Origin origin) {

    /** The record key as text; null when there is none. */
    @Nullable
    String key() {
        byte[] key = record.key();
        return key == null ? null : new String(key, UTF_8);
    }

    /** Bytes of key, value and headers, with the lengths that are stored beside each header. */
    long bytes() {
        long bytes = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += Utils.utf8Length(header.key()) + length(header.value()) + 2 * Integer.BYTES;
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
