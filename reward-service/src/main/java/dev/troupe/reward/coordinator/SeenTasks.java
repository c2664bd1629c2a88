package dev.troupe.reward.coordinator;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Task ids that were accepted, for as long as a task is kept in its topic. */
final class SeenTasks {

    static final Duration RETENTION = Duration.ofDays(7);

    private final KeyValueStore<String, byte[]> seen;

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

    void purge(long now) {
        var old = new ArrayList<String>();
        try (KeyValueIterator<String, byte[]> entries = seen.all()) {
            while (entries.hasNext()) {
                KeyValue<String, byte[]> entry = entries.next();
                if (ByteBuffer.wrap(entry.value).getLong() < now - RETENTION.toMillis()) {
                    old.add(entry.key);
                }
            }
        }
        old.forEach(seen::delete);
    }
}
