package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Lets tasks wait, first come first served per team, until they may be dealt.
 *
 * <p>A training task is dealt while {@code (maxStaleness + version + 1) * groupsPerStep - admitted} is positive (the
 * pacing of AReaL, arXiv 2505.24298): more would be too stale once trained. An evaluation only waits for its policies
 * to exist. With several partitions each one has its share of the capacity.
 */
final class Admission {

    private static final char SEPARATOR = '\0';
    private static final StringSerializer TEXT = new StringSerializer();

    private final CoordinatorOptions options;
    private final KeyValueStore<String, byte[]> waiting;
    private final KeyValueStore<String, byte[]> admitted;
    private final ReadOnlyKeyValueStore<String, byte[]> versions;
    private final int partition;
    private final long startedAt;
    /** Tasks waiting per queue; what the store holds, counted. */
    private final TreeMap<Queue, Integer> queues = new TreeMap<>();

    /** @param startedAt epoch ms; patience with a team without versions starts here or when its task came */
    Admission(
            CoordinatorOptions options,
            KeyValueStore<String, byte[]> waiting,
            KeyValueStore<String, byte[]> admitted,
            ReadOnlyKeyValueStore<String, byte[]> versions,
            int partition,
            long startedAt) {
        this.options = options;
        this.waiting = waiting;
        this.admitted = admitted;
        this.versions = versions;
        this.partition = partition;
        this.startedAt = startedAt;
        try (KeyValueIterator<String, byte[]> all = waiting.all()) {
            all.forEachRemaining(entry -> queues.merge(Queue.of(entry.key), 1, Integer::sum));
        }
    }

    /** Training tasks and evaluations of a team wait apart. */
    private record Queue(String teamId, Purpose purpose) implements Comparable<Queue> {

        static Queue of(String key) {
            int end = key.indexOf(SEPARATOR, 2);
            return new Queue(key.substring(2, end), key.charAt(0) == 'T' ? Purpose.TRAIN : Purpose.EVALUATE);
        }

        String prefix() {
            return (purpose == Purpose.TRAIN ? "T" : "E") + SEPARATOR + teamId + SEPARATOR;
        }

        @Override
        public int compareTo(Queue other) {
            return prefix().compareTo(other.prefix());
        }
    }

    /** What is to become of the task whose turn it is. */
    sealed interface Next {
        WaitingTask task();

        record Deal(WaitingTask task) implements Next {}

        /** No version of a policy appeared in time. */
        record Unknown(WaitingTask task, List<String> missing) implements Next {}
    }

    void enqueue(Task task, WaitingTask entry) {
        var queue = new Queue(task.getTeamId(), task.getPurpose());
        waiting.put(queue.prefix() + "%019d".formatted(entry.original().origin().offset()), entry.encode());
        queues.merge(queue, 1, Integer::sum);
    }

    /** The offset of the waiting task with that key of the store; the end of the key. */
    static long offset(String key) {
        return Long.parseLong(key.substring(key.lastIndexOf(SEPARATOR) + 1));
    }

    int size() {
        return queues.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Takes out the next task that need not wait any longer, if there is one. */
    Optional<Next> take(long now) {
        for (Queue queue : queues.keySet()) {
            Optional<KeyValue<String, byte[]>> head = head(queue);
            if (head.isEmpty()) {
                continue;
            }
            WaitingTask task = WaitingTask.decode(head.get().value);
            Optional<Next> next = decide(queue, task, now);
            if (next.isPresent()) {
                waiting.delete(head.get().key);
                queues.computeIfPresent(queue, (_, count) -> count > 1 ? count - 1 : null);
                return next;
            }
        }
        return Optional.empty();
    }

    private Optional<Next> decide(Queue queue, WaitingTask task, long now) {
        List<String> missing =
                task.policies().stream().filter(policy -> version(policy) < 0).toList();
        if (!missing.isEmpty()) {
            long waitingSince = Math.max(task.arrivedAt(), startedAt);
            return now - waitingSince >= options.timeouts().policy().toMillis()
                    ? Optional.of(new Next.Unknown(task, missing))
                    : Optional.empty();
        }
        if (queue.purpose() == Purpose.EVALUATE) {
            return Optional.of(new Next.Deal(task));
        }
        int version = task.policies().stream().mapToInt(this::version).min().orElse(-1);
        // Groups that earlier versions were trained on count as admitted, whoever dealt them.
        long before = admitted(queue.teamId(), share((long) version * options.groupsPerStep()));
        long capacity = share((long) (options.maxStaleness() + version + 1) * options.groupsPerStep()) - before;
        if (capacity <= 0) {
            return Optional.empty();
        }
        admitted.put(
                queue.teamId(),
                ByteBuffer.allocate(Long.BYTES).putLong(before + 1).array());
        return Optional.of(new Next.Deal(task));
    }

    private int version(String policyId) {
        byte[] version = versions.get(policyId);
        return version == null ? -1 : ByteBuffer.wrap(version).getInt();
    }

    private long admitted(String teamId, long otherwise) {
        byte[] count = admitted.get(teamId);
        return count == null ? otherwise : ByteBuffer.wrap(count).getLong();
    }

    /** This partition's part of a total; the parts of all partitions add up to it. */
    private long share(long total) {
        return (total + options.partitions() - 1 - partition) / options.partitions();
    }

    private Optional<KeyValue<String, byte[]>> head(Queue queue) {
        try (KeyValueIterator<String, byte[]> entries = waiting.prefixScan(queue.prefix(), TEXT)) {
            return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
        }
    }
}
