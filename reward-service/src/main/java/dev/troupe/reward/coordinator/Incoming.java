package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.Origin;
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
}
