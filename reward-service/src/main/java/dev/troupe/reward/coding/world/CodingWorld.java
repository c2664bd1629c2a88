package dev.troupe.reward.coding.world;

import dev.troupe.reward.world.Split;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Coding tasks from a world of our own: 9 filters x 10 changes x 6 ways to gather = 540 compositions, each with
 * constants from 1 to 9. Held-out tasks share no composition with training tasks. The same seed gives the same tasks.
 */
public final class CodingWorld {

    /** Name of the environment the tasks are for. */
    public static final String ENVIRONMENT = "coding";

    private CodingWorld() {}

    /**
     * Makes tasks; no two have the same words.
     *
     * @param seed of everything drawn
     * @param count how many tasks
     */
    public static List<Task> generate(long seed, int count, Split split) {
        RandomGenerator random = new SplittableRandom(seed);
        List<Composition> compositions = Composition.of(split);
        var seen = new HashSet<ListProgram>();
        var tasks = new ArrayList<Task>(count);
        while (tasks.size() < count) {
            // whole rounds over shuffled compositions, so that all are met before one comes again
            List<Composition> round = shuffled(compositions, random);
            for (Composition composition : round) {
                var program = ListProgram.draw(composition, random);
                if (tasks.size() < count && !seen.contains(program)) {
                    TestLists.choose(program, random).ifPresent(lists -> {
                        seen.add(program);
                        tasks.add(task(program, lists, split, tasks.size()));
                    });
                }
            }
        }
        return List.copyOf(tasks);
    }

    private static Task task(ListProgram program, List<List<Long>> lists, Split split, int index) {
        String test = lists.stream()
                .map(xs -> "assert main(" + Gather.literal(xs) + ") == " + program.answer(xs))
                .collect(Collectors.joining("\n"));
        return Task.newBuilder()
                .setTaskId(String.format(Locale.ROOT, "%s-%s-%04d", ENVIRONMENT, split.label(), index))
                .setEnvironment(ENVIRONMENT)
                .setPrompt(program.words())
                .setFields(Map.of("entry_point", "main", "scorer", "quick", "test", test))
                .build();
    }

    private static <T> List<T> shuffled(List<T> items, RandomGenerator random) {
        var shuffled = new ArrayList<>(items);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            T swapped = shuffled.get(i);
            shuffled.set(i, shuffled.get(j));
            shuffled.set(j, swapped);
        }
        return shuffled;
    }
}
