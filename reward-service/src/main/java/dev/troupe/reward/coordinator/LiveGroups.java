package dev.troupe.reward.coordinator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The groups that have not closed: one store entry each, and an index by their next deadline. */
final class LiveGroups {

    private static final byte[] PRESENT = {1};
    private static final int CACHED = 512;

    private final KeyValueStore<String, byte[]> groups;
    private final KeyValueStore<String, byte[]> deadlines;
    private final GroupCodec codec;
    /** Saves decoding; never holds what the store does not. A crash drops it with the processor. */
    private final Map<String, GroupState> cache = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, GroupState> eldest) {
            return size() > CACHED;
        }
    };

    LiveGroups(KeyValueStore<String, byte[]> groups, KeyValueStore<String, byte[]> deadlines, GroupCodec codec) {
        this.groups = groups;
        this.deadlines = deadlines;
        this.codec = codec;
    }

    Optional<GroupState> find(String taskId) {
        GroupState cached = cache.get(taskId);
        if (cached != null) {
            return Optional.of(cached);
        }
        byte[] bytes = groups.get(taskId);
        if (bytes == null) {
            return Optional.empty();
        }
        GroupState group = codec.decode(bytes);
        cache.put(taskId, group);
        return Optional.of(group);
    }

    /**
     * Puts the group in the place of what it was before.
     *
     * @param encoded the group's bytes; null for one that has closed, which leaves
     */
    void replace(Optional<GroupState> before, GroupState after, byte @Nullable [] encoded) {
        String taskId = after.task().getTaskId();
        long old = before.map(GroupState::nextDeadline).orElse(Long.MAX_VALUE);
        if (encoded == null) {
            before.ifPresent(_ -> deadlines.delete(due(old, taskId)));
            groups.delete(taskId);
            cache.remove(taskId);
            return;
        }
        long next = after.nextDeadline();
        if (before.isEmpty() || old != next) {
            before.ifPresent(_ -> deadlines.delete(due(old, taskId)));
            deadlines.put(due(next, taskId), PRESENT);
        }
        groups.put(taskId, encoded);
        cache.put(taskId, after);
    }

    /** Tasks whose group has something past its deadline, the most urgent first. */
    List<String> due(long now) {
        var found = new ArrayList<String>();
        try (KeyValueIterator<String, byte[]> entries = deadlines.range(due(0, ""), due(now + 1, ""))) {
            entries.forEachRemaining(entry -> found.add(entry.key.substring(entry.key.indexOf('|') + 1)));
        }
        return found;
    }

    private static String due(long deadlineAt, String taskId) {
        return "%019d|%s".formatted(deadlineAt, taskId);
    }
}
