package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

/**
 * A decoded record.
 *
 * @param key as text; "" when the record has none
 * @param value what its topic holds
 * @param origin where it was read
 * @param timestamp epoch ms, by the producer's or the broker's clock
 */
public record TopicRecord<T>(String key, T value, Origin origin, long timestamp) {
    public TopicRecord {
        requireNonNull(key, "key is null");
        requireNonNull(value, "value is null");
        requireNonNull(origin, "origin is null");
    }
}
