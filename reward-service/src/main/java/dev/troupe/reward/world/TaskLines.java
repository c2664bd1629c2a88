package dev.troupe.reward.world;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.troupe.schemas.avro.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;

/** Task files: one JSON object a line, as people feed them. Who plays and how is left to the feeder. */
public final class TaskLines {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TaskLines() {}

    /** The file's content; each line is taken by {@code TaskJson}. */
    public static String of(List<Task> tasks) {
        var lines = new StringBuilder();
        for (Task task : tasks) {
            lines.append(line(task)).append('\n');
        }
        return lines.toString();
    }

    private static String line(Task task) {
        var json = new LinkedHashMap<String, Object>();
        json.put("taskId", task.getTaskId());
        json.put("environment", task.getEnvironment());
        json.put("prompt", task.getPrompt());
        // sorted, so that equal tasks make equal lines
        json.put("fields", new TreeMap<>(task.getFields()));
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and maps of strings are always JSON", e);
        }
    }
}
