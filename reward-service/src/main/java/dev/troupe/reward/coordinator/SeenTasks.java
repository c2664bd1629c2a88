package dev.troupe.reward.coordinator;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Task ids that were accepted, for as long as a task is kept in its topic. Old ones are looked for a few at a time, so
 * that a week of ids does not hold up the stream thread.
 */
final class SeenTasks {

    static final Duration RETENTION = Duration.ofDays(7);

    /** Between two looks at all ids; an id may be taken for so much longer. */
    static final Duration REST = Duration.ofHours(1);

    /** Ids looked at in one call. */
    static final int SLICE = 256;

    private final KeyValueStore<String, byte[]> seen;
    /** Where the look goes on; null while none is under way. */
    private @Nullable String next;

    private long restsUntil;

    SeenTasks(KeyValueStore<String, byte[]> seen) {
        this.seen = seen;
    }

    /** Whether the id is new; from now on it is not. */
    boolean add(String taskId, long now) {
        byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(now).array();
        return seen.putIfAbsent(taskId, time) == null;
    }

    boolean contains(String taskId) {
        return seen.get(taskId) != null;
    }

    void forget(String taskId) {
        seen.delete(taskId);
    }

    /** Looks at the next ids and forgets the old ones; does nothing for a while after it has seen all. */
    void purge(long now) {
        if (next == null && now < restsUntil) {
            return;
        }
        var old = new ArrayList<String>();
        try (KeyValueIterator<String, byte[]> entries = seen.range(next, null)) {
            for (int looked = 0; looked < SLICE && entries.hasNext(); looked++) {
                KeyValue<String, byte[]> entry = entries.next();
                if (ByteBuffer.wrap(entry.value).getLong() < now - RETENTION.toMillis()) {
                    old.add(entry.key);
                }
            }
            next = entries.hasNext() ? entries.peekNextKey() : null;
        }
        if (next == null) {
            restsUntil = now + REST.toMillis();
        }
        old.forEach(seen::delete);
    }
}
