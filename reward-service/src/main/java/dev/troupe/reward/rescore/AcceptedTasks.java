package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.TASKS;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.avro.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of an environment that the coordinator took, by id. Which records it did not take, duplicates above all, is
 * what the dead letters say. Of several that are left the first counts, because a later one has not been looked at yet,
 * unless it came after the time for which an id is taken.
 */
final class AcceptedTasks {

    /** For at least so long after a task was fed, another with its id is refused. */
    private static final Duration TAKEN = TASKS.retention();

    /** By id and by the time, epoch ms, at which they were fed. */
    private final Map<String, NavigableMap<Long, Task>> byId = new HashMap<>();

    /** Reads all that the topic still holds. */
    static AcceptedTasks read(TopicScan scan, String environment) throws InterruptedException {
        Set<Origin> refused = scan.setAside(TASKS);
        var tasks = new AcceptedTasks();
        scan.records(TASKS, ScanRange.ALL, record -> {
            if (record.value().getEnvironment().equals(environment) && !refused.contains(record.origin())) {
                tasks.add(record.value(), record.timestamp());
            }
        });
        return tasks;
    }

    /** To be called in the order of the topic. */
    void add(Task task, long timestamp) {
        NavigableMap<Long, Task> sameId = byId.computeIfAbsent(task.getTaskId(), _ -> new TreeMap<>());
        if (sameId.isEmpty() || timestamp - sameId.lastKey() >= TAKEN.toMillis()) {
            sameId.put(timestamp, task);
        }
    }

    /**
     * The task of an episode; null when it is no longer known.
     *
     * @param startedAt epoch ms, when the episode was dealt
     */
    @Nullable
    Task find(String taskId, long startedAt) {
        NavigableMap<Long, Task> sameId = byId.get(taskId);
        if (sameId == null) {
            return null;
        }
        Map.Entry<Long, Task> fed = sameId.floorEntry(startedAt);
        // The clock of whoever fed it may have been ahead.
        return fed == null ? sameId.firstEntry().getValue() : fed.getValue();
    }
}
