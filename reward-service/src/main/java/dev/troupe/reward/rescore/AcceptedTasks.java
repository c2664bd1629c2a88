package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.DEAD_LETTERS;
import static dev.troupe.schemas.TopicCatalog.TASKS;

import dev.troupe.reward.rescore.kafka.TopicScan;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.Task;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
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
        scan.headers(DEAD_LETTERS, headers -> note(headers, refused));
        Map<String, Task> tasks = new HashMap<>();
        long _ = scan.<Task, RuntimeException>decoded(TASKS, Instant.EPOCH, (task, origin, _) -> {
            if (task.getEnvironment().equals(environment) && !refused.contains(origin)) {
                tasks.putIfAbsent(task.getTaskId(), task);
            }
        });
        return new AcceptedTasks(tasks);
    }

    @Nullable
    Task find(String taskId) {
        return byId.get(taskId);
    }

    private static void note(Headers headers, Set<Origin> refused) {
        if (!DeadLetters.text(headers, DeadLetters.TOPIC).orElse("").equals(TASKS.name())) {
            return;
        }
        String partition = DeadLetters.text(headers, DeadLetters.PARTITION).orElse("");
        String offset = DeadLetters.text(headers, DeadLetters.OFFSET).orElse("");
        // Anyone may have written to the topic; what names no place refuses none.
        if (partition.matches("\\d{1,9}") && offset.matches("\\d{1,18}")) {
            refused.add(new Origin(TASKS.name(), Integer.parseInt(partition), Long.parseLong(offset)));
        }
    }
}
