package dev.troupe.reward.writing.world;

import dev.troupe.reward.world.Split;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Writing tasks from a world of our own; held-out tasks share no topic with training tasks. */
public final class WritingWorld {

    /** Name of the environment the tasks are for. */
    public static final String ENVIRONMENT = "writing";

    private WritingWorld() {}

    /**
     * Makes tasks; no two have the same topic. The same seed gives the same tasks.
     *
     * @param seed of everything drawn
     * @param count how many tasks
     */
    public static List<Task> generate(long seed, int count, Split split) {
        var topics = new ArrayList<>(Topic.of(split));
        if (count > topics.size()) {
            throw new IllegalArgumentException("there are only " + topics.size() + " topics, not " + count);
        }
        Collections.shuffle(topics, new Random(seed));
        var tasks = new ArrayList<Task>(count);
        for (Topic topic : topics.subList(0, count)) {
            tasks.add(Task.newBuilder()
                    .setTaskId(String.format(Locale.ROOT, "%s-%s-%04d", ENVIRONMENT, split.label(), tasks.size()))
                    .setEnvironment(ENVIRONMENT)
                    .setPrompt(topic.words())
                    .build());
        }
        return List.copyOf(tasks);
    }
}
