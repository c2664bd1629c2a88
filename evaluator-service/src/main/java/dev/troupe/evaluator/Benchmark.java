package dev.troupe.evaluator;

import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Held-out tasks that one team plays in one form of collaboration.
 *
 * @param name key of the published evaluations
 * @param teamId whose policies play
 * @param collaboration parallel, single, pipeline, discussion, or a form of a plug-in
 * @param policies policies that must have a version before it can be evaluated; those that do not learn are left out
 *     and play their newest
 * @param due which versions are evaluated
 * @param draws what is drawn of each task
 * @param rivals what an evaluated version is compared with
 * @param tasks the held-out tasks, in file order
 */
record Benchmark(
        String name,
        String teamId,
        String collaboration,
        List<String> policies,
        Due due,
        Draws draws,
        Rivals rivals,
        List<Task> tasks) {

    Benchmark {
        if (!name.matches("[^/\\s]+")) {
            throw new IllegalArgumentException("benchmark '%s' has a slash, a space or no name".formatted(name));
        }
        policies = List.copyOf(policies);
        tasks = List.copyOf(tasks);
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("benchmark " + name + " has no tasks");
        }
    }

    String environment() {
        return tasks.getFirst().getEnvironment();
    }

    /** Ids of the held-out tasks, in file order. */
    Set<String> taskIds() {
        return byId().keySet();
    }

    /** The held-out tasks by id; of two with the same id the first. */
    Map<String, Task> byId() {
        var byId = new LinkedHashMap<String, Task>();
        tasks.forEach(task -> byId.putIfAbsent(task.getTaskId(), task));
        return byId;
    }

    /** The version of every policy that learns. */
    Map<String, Integer> versions(int version) {
        return policies.stream().collect(Collectors.toMap(policy -> policy, _ -> version));
    }

    /** The first tasks of a JSONL file. */
    static List<Task> read(Path file, int limit) throws IOException {
        List<Task> tasks = TaskJson.read(file);
        if (tasks.isEmpty()) {
            throw new IOException(file + " holds no tasks; it should have one JSON task a line");
        }
        return tasks.subList(0, Math.min(limit, tasks.size()));
    }
}
