package dev.troupe.reward.coding.benchmark;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.Task;
import java.util.Map;
import java.util.Optional;

/**
 * One problem of a benchmark.
 *
 * @param line where it begins in its file, counted from 1
 * @param taskId unique within the file
 * @param prompt what the authors are shown
 * @param entryPoint the function that the tests call
 * @param test the hidden tests
 * @param reference a whole program that solves it, where the file has one; it never becomes part of the task
 */
public record Problem(
        int line, String taskId, String prompt, String entryPoint, String test, Optional<String> reference) {

    public Problem {
        requireNonNull(taskId, "taskId is null");
        requireNonNull(prompt, "prompt is null");
        requireNonNull(entryPoint, "entryPoint is null");
        requireNonNull(test, "test is null");
        requireNonNull(reference, "reference is null");
    }

    /** The task for a team; who plays and how is left to the feeder. */
    public Task task() {
        return Task.newBuilder()
                .setTaskId(taskId)
                .setEnvironment("coding")
                .setPrompt(prompt)
                .setFields(Map.of("entry_point", entryPoint, "test", test))
                .build();
    }
}
