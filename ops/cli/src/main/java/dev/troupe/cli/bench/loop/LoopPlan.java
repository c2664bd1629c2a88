package dev.troupe.cli.bench.loop;

import dev.troupe.cli.local.LocalSettings;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What both sides do.
 *
 * @param warmUps rounds of each side that are not counted
 * @param rounds of each side, in turns
 * @param steps of training in a round, from the reference policy on
 * @param groupsPerStep tasks of a step
 * @param numGenerations episodes of a task
 * @param staleness versions by which rollouts may lag behind training
 * @param seed of the order of tasks and of sampling
 * @param given settings on top of these
 */
record LoopPlan(
        int warmUps,
        int rounds,
        int steps,
        int groupsPerStep,
        int numGenerations,
        int staleness,
        long seed,
        Map<String, String> given) {

    static final String TEAM = "team";

    LoopPlan {
        given = Map.copyOf(given);
        if (warmUps < 0 || rounds < 1 || steps < 1 || groupsPerStep < 1 || numGenerations < 2 || staleness < 0) {
            throw new IllegalArgumentException(
                    "rounds %d, steps %d and groupsPerStep %d must be at least 1, numGenerations %d 2, staleness %d"
                                    .formatted(rounds, steps, groupsPerStep, numGenerations, staleness)
                            + " and warmUps %d 0".formatted(warmUps));
        }
    }

    long episodes() {
        return (long) steps * groupsPerStep * numGenerations;
    }

    /** Those of the demonstration's team, for one team. */
    Map<String, String> settings() {
        var settings = new HashMap<>(LocalSettings.common(null));
        settings.put("trainer.teams", TEAM);
        settings.put("run.seed", Long.toString(seed));
        settings.put("train.groups.per.step", Integer.toString(groupsPerStep));
        settings.put("train.max.staleness", Integer.toString(staleness));
        settings.put("num_generations", Integer.toString(numGenerations));
        settings.put("sampling.max.completion.length", "64");
        settings.put("trainer.max.steps", Integer.toString(steps));
        settings.put("trainer.keep.versions", "8");
        settings.putAll(given);
        return settings;
    }

    /** As many coding tasks as the steps need, the first step's first. */
    List<Task> tasks() throws IOException {
        List<Task> file = new ArrayList<>(
                TaskJson.read(LocalSettings.examples().resolve("coding").resolve("train.jsonl")));
        var random = new Random(seed);
        var tasks = new ArrayList<Task>();
        int needed = steps * groupsPerStep;
        for (int round = 0; tasks.size() < needed; round++) {
            Collections.shuffle(file, random);
            for (Task task : file.subList(0, Math.min(file.size(), needed - tasks.size()))) {
                tasks.add(Task.newBuilder(task)
                        .setTaskId("%s/%s/%d".formatted(TEAM, task.getTaskId(), round))
                        .setTeamId(TEAM)
                        .build());
            }
        }
        return tasks;
    }
}
