package dev.troupe.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shipped reference policy and tasks, with groups and steps so small that tests stay short. */
final class SmallStack {

    static final Path EXAMPLES = Path.of("..", "..", "examples");
    static final int GROUP = 2;

    private SmallStack() {}

    /** @param directory where a benchmark of one task is written */
    static Map<String, String> settings(Path directory) throws IOException {
        Path heldOut = directory.resolve("heldout.jsonl");
        Files.write(heldOut, tasks("heldout.jsonl").subList(0, 1));
        var settings = new HashMap<String, String>();
        settings.put(
                "trainer.initial.checkpoint",
                EXAMPLES.resolve("reference-policy").toString());
        settings.put("coordinator.store", "memory");
        settings.put("num_generations", Integer.toString(GROUP));
        settings.put("train.groups.per.step", "1");
        settings.put("judge.workers", "1");
        settings.put("evaluator.benchmarks", "one");
        settings.put("benchmark.one.tasks", heldOut.toString());
        settings.put("benchmark.one.every", "1");
        return settings;
    }

    /** Lines of a shipped file. */
    static List<String> tasks(String file) throws IOException {
        return Files.readAllLines(EXAMPLES.resolve("coding").resolve(file));
    }

    /** A training task under an id of its own, as one would type it. */
    static String task(String id, int number) throws IOException {
        String line = tasks("train.jsonl").get(number);
        return line.replaceFirst("\"taskId\":\"[^\"]*\"", "\"taskId\":\"" + id + "\"");
    }
}
