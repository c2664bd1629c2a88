package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.DEAD_LETTERS;
import static dev.troupe.schemas.TopicCatalog.TASKS;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.avro.Task;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of an environment that the coordinator took, by id. Which records it did not take, duplicates above all, is
 * what the dead letters say; of several that are left the first counts, because a later one has not been looked at yet.
 */
final class AcceptedTasks {

    private final Map<String, Task> byId;

    private AcceptedTasks(Map<String, Task> byId) {
        this.byId = byId;
    }

    /** Reads all that the topic still holds. */
    static AcceptedTasks read(TopicScan scan, String environment) throws InterruptedException {
        Set<Origin> refused = new HashSet<>();
        scan.raw(
                DEAD_LETTERS,
                ScanRange.ALL,
                letter -> DeadLetters.origin(letter.headers())
                        .filter(origin -> origin.topic().equals(TASKS.name()))
                        .ifPresent(refused::add));
        Map<String, Task> tasks = new HashMap<>();
        scan.decoded(
                TASKS,
                ScanRange.ALL,
                (origin, value, _) -> value.filter(task -> task.getEnvironment().equals(environment))
                        .filter(_ -> !refused.contains(origin))
                        .ifPresent(task -> tasks.putIfAbsent(task.getTaskId(), task)));
        return new AcceptedTasks(tasks);
    }

    @Nullable
    Task find(String taskId) {
        return byId.get(taskId);
    }
}
