package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.DEAD_LETTERS;
import static dev.troupe.schemas.TopicCatalog.TASKS;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.avro.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
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
        Set<Origin> refused = new HashSet<>();
        scan.raw(
                DEAD_LETTERS,
                ScanRange.ALL,
                letter -> DeadLetters.origin(letter.headers())
                        .filter(origin -> origin.topic().equals(TASKS.name()))
                        .ifPresent(refused::add));
        var tasks = new AcceptedTasks();
        scan.raw(
                TASKS.name(),
                ScanRange.ALL,
                record -> scan.decode(TASKS, record)
                        .filter(task -> task.getEnvironment().equals(environment))
                        .filter(_ -> !refused.contains(Origin.of(record)))
                        .ifPresent(task -> tasks.add(task, record.timestamp())));
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
