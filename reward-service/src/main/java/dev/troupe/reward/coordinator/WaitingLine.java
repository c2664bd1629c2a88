package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Purpose;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Tasks of a team that wait, in order of arrival; training tasks and evaluations wait apart. */
final class WaitingLine {

    private static final char SEPARATOR = '\0';

    private final String teamId;
    private final Purpose purpose;
    private final KeyValueStore<String, byte[]> store;
    private int size;
    /** Looked at in every tick, so it is kept. */
    private @Nullable KeyValue<String, WaitingTask> first;
    /** Where to look for the first: what was deleted before is not walked over again. */
    private String from;

    WaitingLine(String teamId, Purpose purpose, KeyValueStore<String, byte[]> store) {
        this.teamId = teamId;
        this.purpose = purpose;
        this.store = store;
        this.from = prefix();
    }

    /** The line to which a stored key belongs; empty at first. */
    static WaitingLine of(String key, KeyValueStore<String, byte[]> store) {
        int end = key.indexOf(SEPARATOR, 2);
        return new WaitingLine(key.substring(2, end), key.charAt(0) == 'T' ? Purpose.TRAIN : Purpose.EVALUATE, store);
    }

    /** The offset of the waiting task with that key of the store; the end of the key. */
    static long offset(String key) {
        return Long.parseLong(key.substring(key.lastIndexOf(SEPARATOR) + 1));
    }

    String teamId() {
        return teamId;
    }

    Purpose purpose() {
        return purpose;
    }

    int size() {
        return size;
    }

    String prefix() {
        return (purpose == Purpose.TRAIN ? "T" : "E") + SEPARATOR + teamId + SEPARATOR;
    }

    /** Counts an entry that is in the store. */
    void count() {
        size++;
    }

    void add(WaitingTask task) {
        store.put(key(task.original().origin().offset()), task.encode());
        size++;
    }

    /** @throws IllegalStateException when the line is empty, or not as long as it was counted */
    WaitingTask first() {
        return head().value;
    }

    void removeFirst() {
        KeyValue<String, WaitingTask> head = head();
        store.delete(head.key);
        from = head.key;
        first = null;
        size--;
    }

    private KeyValue<String, WaitingTask> head() {
        if (first == null) {
            try (KeyValueIterator<String, byte[]> entries = store.range(from, key(Long.MAX_VALUE))) {
                if (!entries.hasNext()) {
                    throw new IllegalStateException(
                            "%d tasks of team '%s' should wait and none is stored".formatted(size, teamId));
                }
                KeyValue<String, byte[]> entry = entries.next();
                first = KeyValue.pair(entry.key, WaitingTask.decode(entry.value));
            }
        }
        return first;
    }

    private String key(long offset) {
        return prefix() + "%019d".formatted(offset);
    }
}
