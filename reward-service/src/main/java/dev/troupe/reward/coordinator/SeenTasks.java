package dev.troupe.reward.coordinator;

import dev.troupe.schemas.TopicCatalog;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Task ids that were accepted: while the task waits or is played, and then for as long as a task is kept in its topic.
 * Old ones are looked for a few at a time, so that a week of ids does not hold up the stream thread.
 */
final class SeenTasks {

    static final Duration RETENTION = TopicCatalog.TASKS.retention();

    /** Between two looks at all ids; an id may be taken for so much longer. */
    static final Duration REST = Duration.ofHours(1);

    /** Ids looked at in one call. */
    static final int SLICE = 256;

    /** In the place of the time at which the task ended. */
    private static final long NOT_ENDED = Long.MAX_VALUE;

    private final KeyValueStore<String, byte[]> seen;
    /** Where the look goes on; null while none is under way. */
    private @Nullable String next;

    private long restsUntil;

    SeenTasks(KeyValueStore<String, byte[]> seen) {
        this.seen = seen;
    }

    /** Whether the id is new; from now on it is not. */
    boolean add(String taskId) {
        return seen.putIfAbsent(taskId, time(NOT_ENDED)) == null;
    }

    /** The task was played or refused: from now on its id grows old. */
    void ended(String taskId, long now) {
        seen.put(taskId, time(now));
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

    private static byte[] time(long millis) {
        return ByteBuffer.allocate(Long.BYTES).putLong(millis).array();
    }
}
