package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents, judges and time in any order, with losses, repetitions and refusals: every episode is accounted for once. */
class InterleavingTest {

    private static final int TASKS = 6;
    private static final int CROSSED = 3;
    private static final int GENERATIONS = 3;

    @TempDir
    private Path dir;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyEpisodeIsAccountedForExactlyOnce(long seed) {
        var random = new Random(seed);
        try (var run = new Harness(dir, Map.of("train.groups.per.step", "2", "train.max.staleness", "0"))) {
            run.version("team", 0);
            List<Runnable> events = new ArrayList<>();
            List<Task> tasks = tasks();
            tasks.forEach(task -> events.add(() -> run.task(task)));
            int version = 0;
            for (int round = 0; round < 400 || !events.isEmpty(); round++) {
                if (!events.isEmpty()) {
                    Runnable event = events.remove(random.nextInt(events.size()));
                    event.run();
                    if (random.nextInt(5) == 0) {
                        event.run();
                    }
                }
                run.turns().forEach(turn -> answer(run, turn, random, events));
                run.steps().forEach(step -> judge(run, step, random, events));
                if (random.nextInt(12) == 0) {
                    run.advance(Duration.ofSeconds(random.nextInt(40)));
                }
                if (round % 60 == 59) {
                    run.version("team", ++version);
                }
            }
            run.version("team", TASKS + CROSSED);
            run.advance(Duration.ofMinutes(20));

            assertAccounted(run, tasks, seed);
        }
    }

    private static void assertAccounted(Harness run, List<Task> tasks, long seed) {
        List<Episode> episodes = run.episodes();
        List<EpisodeGroup> groups = run.groups();
        var expected = new HashSet<String>();
        var expectedGroups = new HashSet<String>();
        for (Task task : tasks) {
            for (int i = 0; i < episodes(task); i++) {
                expected.add(task.getTaskId() + "/" + i);
            }
            if (task.getPurpose() == Purpose.TRAIN) {
                expectedGroups.add(task.getTaskId());
            }
        }
        assertThat(episodes)
                .as("episodes, seed %d", seed)
                .extracting(episode -> episode.getTaskId() + "/" + episode.getEpisode())
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(groups)
                .as("groups, seed %d", seed)
                .extracting(EpisodeGroup::getTaskId)
                .containsExactlyInAnyOrderElementsOf(expectedGroups);
        for (EpisodeGroup group : groups) {
            assertThat(group.getEpisodes())
                    .as("group of %s, seed %d", group.getTaskId(), seed)
                    .containsExactlyElementsOf(episodes.stream()
                            .filter(episode -> episode.getTaskId().equals(group.getTaskId()))
                            .sorted((a, b) -> Integer.compare(a.getEpisode(), b.getEpisode()))
                            .toList());
        }
        assertThat(episodes)
                .as("some of both, seed %d", seed)
                .extracting(Episode::getStatus)
                .contains(EpisodeStatus.SCORED, EpisodeStatus.INCOMPLETE);
        assertThat(run.size(StoreNames.GROUPS) + run.size(StoreNames.DEADLINES) + run.size(StoreNames.WAITING))
                .as("left in the stores, seed %d", seed)
                .isZero();
    }

    private static List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            tasks.add(task("t" + i)
                    .setNumGenerations(GENERATIONS)
                    .setMaxTurns(1 + i % 3)
                    .setCollaboration(i % 2 == 0 ? "parallel" : "pipeline")
                    .setPurpose(i % 3 == 2 ? Purpose.EVALUATE : Purpose.TRAIN)
                    .build());
        }
        for (int i = 0; i < CROSSED; i++) {
            tasks.add(task("x" + i)
                    .setNumGenerations(GENERATIONS)
                    .setJointMode("cross")
                    .build());
        }
        return tasks;
    }

    private static int episodes(Task task) {
        return JointMode.crosses(task) ? GENERATIONS * GENERATIONS : GENERATIONS;
    }

    private static void answer(Harness run, Turn turn, Random random, List<Runnable> events) {
        int what = random.nextInt(20);
        if (what == 0) {
            return;
        }
        if (what == 1) {
            events.add(() -> run.action(Records.refusal(turn)));
            return;
        }
        int messages = random.nextInt(3);
        int lost = random.nextInt(40) == 0 ? 1 : 0;
        for (int i = lost; i < messages; i++) {
            int sequence = i;
            events.add(() -> run.message(Records.message(turn, sequence)));
        }
        events.add(() -> run.action(Records.action(turn, messages, 1 + random.nextInt(5))));
    }

    private static void judge(Harness run, Step step, Random random, List<Runnable> events) {
        int what = random.nextInt(12);
        if (what == 0) {
            return;
        }
        boolean last = step.getTurn() + 1 >= step.getTask().getMaxTurns();
        events.add(() -> run.judgement(
                what == 1
                        ? Records.judgement(step)
                                .setUnscorable("ENVIRONMENT_FAILED: x")
                                .build()
                        : last
                                ? Records.scored(step, 1)
                                : Records.next(step, "on", Records.some(random, "ann", "bob"))));
    }
}
