package dev.troupe.reward.coordinator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The groups that have not closed: one store entry each, and an index by their next deadline. */
final class LiveGroups {

    private static final byte[] PRESENT = {1};
    /**
     * Encoded bytes of the groups that a service with all partitions keeps decoded; as objects they are a few times as
     * large.
     */
    static final long CACHED_BYTES = 32 << 20;

    private static final int DEADLINE_DIGITS = 19;

    private final KeyValueStore<String, byte[]> groups;
    private final KeyValueStore<String, byte[]> deadlines;
    private final GroupCodec codec;
    /** Saves decoding; never holds what the store does not. A crash drops it with the processor. */
    private final LinkedHashMap<String, Cached> cache = new LinkedHashMap<>(64, 0.75f, true);

    private final long room;
    private long cachedBytes;

    /**
     * No deadline is before this, epoch ms. Looking costs more than it seems: the deadlines of groups that closed in
     * time are deletions that RocksDB has to step over until it has compacted them away.
     */
    private long earliest;

    /** A group, its bytes once it was encoded here, and how many these are. */
    private record Cached(GroupState group, EncodedGroup encoded, int bytes) {}

    /** @param room encoded bytes of groups to be kept decoded; the group used last is, however large */
    LiveGroups(
            KeyValueStore<String, byte[]> groups,
            KeyValueStore<String, byte[]> deadlines,
            GroupCodec codec,
            long room) {
        this.groups = groups;
        this.deadlines = deadlines;
        this.codec = codec;
        this.room = room;
    }

    Optional<GroupState> find(String taskId) {
        Cached cached = cache.get(taskId);
        if (cached != null) {
            return Optional.of(cached.group());
        }
        byte[] bytes = groups.get(taskId);
        if (bytes == null) {
            return Optional.empty();
        }
        GroupState group = codec.decode(bytes);
        keep(taskId, new Cached(group, EncodedGroup.none(), bytes.length));
        return Optional.of(group);
    }

    /**
     * Puts the group in the place of what it was before; one that has closed leaves.
     *
     * @return false when its bytes are more than a record holds: then it leaves too
     */
    boolean put(Optional<GroupState> before, GroupState after) {
        if (after.closed()) {
            remove(before, after);
            return true;
        }
        String taskId = after.task().getTaskId();
        Cached cached = cache.get(taskId);
        EncodedGroup encoded = codec.encode(after, cached == null ? EncodedGroup.none() : cached.encoded());
        byte[] bytes = encoded.bytes();
        if (bytes.length > Outbox.MAX_VALUE_BYTES) {
            remove(before, after);
            return false;
        }
        long old = before.map(GroupState::nextDeadline).orElse(Long.MAX_VALUE);
        long next = after.nextDeadline();
        if (before.isEmpty() || old != next) {
            before.ifPresent(_ -> deadlines.delete(due(old, taskId)));
            deadlines.put(due(next, taskId), PRESENT);
            earliest = Math.min(earliest, next);
        }
        groups.put(taskId, bytes);
        keep(taskId, new Cached(after, encoded, bytes.length));
        return true;
    }

    private void remove(Optional<GroupState> before, GroupState after) {
        String taskId = after.task().getTaskId();
        before.ifPresent(group -> deadlines.delete(due(group.nextDeadline(), taskId)));
        groups.delete(taskId);
        drop(taskId);
    }

    private void keep(String taskId, Cached group) {
        drop(taskId);
        cache.put(taskId, group);
        cachedBytes += group.bytes();
        while (cachedBytes > room && cache.size() > 1) {
            drop(cache.firstEntry().getKey());
        }
    }

    private void drop(String taskId) {
        Cached dropped = cache.remove(taskId);
        if (dropped != null) {
            cachedBytes -= dropped.bytes();
        }
    }

    /** Tasks whose group has something past its deadline, the most urgent first. */
    List<String> due(long now) {
        var found = new ArrayList<String>();
        if (now < earliest) {
            return found;
        }
        earliest = Long.MAX_VALUE;
        try (KeyValueIterator<String, byte[]> entries = deadlines.all()) {
            while (entries.hasNext() && earliest == Long.MAX_VALUE) {
                String key = entries.next().key;
                long deadlineAt = Long.parseLong(key, 0, DEADLINE_DIGITS, 10);
                if (deadlineAt <= now) {
                    found.add(key.substring(DEADLINE_DIGITS + 1));
                } else {
                    earliest = deadlineAt;
                }
            }
        }
        if (!found.isEmpty()) {
            // What is to become of them is decided now; look again to see that nothing was left.
            earliest = 0;
        }
        return found;
    }

    /** Sorts by time: the digits of both are as many. */
    private static String due(long deadlineAt, String taskId) {
        String digits = Long.toString(deadlineAt);
        return "0".repeat(DEADLINE_DIGITS - digits.length()) + digits + '|' + taskId;
    }
}
