package dev.troupe.evaluator;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Held-out tasks that one team plays in one form of collaboration.
 *
 * @param name key of the published evaluations
 * @param teamId whose policies play
 * @param collaboration parallel or single
 * @param policies policies that must have a version before it can be evaluated
 * @param every version 0 and each multiple of this are evaluated
 * @param samples episodes per task
 * @param temperature at which all arms are sampled
 * @param tasks the held-out tasks, in file order
 */
record Benchmark(
        String name,
        String teamId,
        String collaboration,
        List<String> policies,
        int every,
        int samples,
        double temperature,
        List<Task> tasks) {

    Benchmark {
        requireNonNull(name, "name is null");
        policies = List.copyOf(policies);
        tasks = List.copyOf(tasks);
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("benchmark " + name + " has no tasks");
        }
    }

    boolean isDue(int version) {
        return version % every == 0;
    }

    String environment() {
        return tasks.getFirst().getEnvironment();
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
