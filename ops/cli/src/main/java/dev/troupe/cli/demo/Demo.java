package dev.troupe.cli.demo;

import dev.troupe.cli.local.Interruption;
import dev.troupe.cli.local.LocalSettings;
import dev.troupe.cli.local.LocalStack;
import dev.troupe.cli.tasks.TaskFeed;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Runs the local mode once: feeds tasks, waits for training and evaluations, and reports. */
final class Demo {

    private final DemoOptions options;
    private final PrintStream out;
    private final Progress progress;
    private final InstantSource clock = InstantSource.system();
    private final Path directory;

    Demo(DemoOptions options, PrintStream out, boolean terminal) {
        this.options = options;
        this.out = out;
        this.progress = new Progress(
                out, terminal, options.steps(), Contest.values().length, Measure.of(options.environment()));
        this.directory = options.directory()
                .resolve("demo")
                .resolve("%s-seed%d-%d".formatted(options.environment(), options.seed(), clock.millis()));
    }

    Path picture() {
        return directory.resolve("learning.png");
    }

    Report run() throws IOException, InterruptedException {
        long startedAt = System.nanoTime();
        Files.createDirectories(directory);
        out.printf(
                "troupe demo: %s, seed %d, %d steps each for a team and a single agent; files in %s%n",
                options.environment(), options.seed(), options.steps(), directory);
        progress.phase("starting broker, registry and services", clock.millis());
        try (var stack = LocalStack.start(directory.resolve("state"), 0, 0, settings());
                var _ = Interruption.closing(stack);
                var observations = new Observations(stack.clients(), progress, clock)) {
            observations.start();
            for (Contest contest : Contest.values()) {
                TaskFeed.send(stack.clients(), tasks(contest));
            }
            progress.phase("training", clock.millis());
            Map<Arm, Evaluation> arms = await(stack, observations);
            var report = new Report(
                    options.environment(),
                    options.seed(),
                    (System.nanoTime() - startedAt) / 1e9,
                    options.steps(),
                    observations.versionsPlayed(),
                    arms);
            Picture.write(picture(), report, observations.steps());
            return report;
        } finally {
            progress.end();
        }
    }

    private Map<Arm, Evaluation> await(LocalStack stack, Observations observations) throws InterruptedException {
        long deadline = System.nanoTime() + options.timeout().toNanos();
        while (System.nanoTime() < deadline) {
            Map<Arm, Evaluation> arms = observations.await(options.steps(), 1);
            if (arms.size() == Arm.values().length) {
                return arms;
            }
            if (!stack.live()) {
                throw new IllegalStateException("a service failed; the log says which and why");
            }
        }
        throw new IllegalStateException("not done after %d minutes: %s"
                .formatted(
                        options.timeout().toMinutes(),
                        observations.steps().entrySet().stream()
                                .map(entry -> entry.getKey().teamId() + " at step "
                                        + entry.getValue().size())
                                .collect(Collectors.joining(", "))));
    }

    private Map<String, String> settings() {
        var settings = new HashMap<>(LocalSettings.common(null));
        settings.putAll(DemoSettings.of(options));
        // Beside the picture, as people read it.
        settings.put("trainer.logging.dir", directory.resolve("runs").toString());
        return settings;
    }

    /** As many training tasks as the steps need, in an order of their own for each seed. */
    private List<Task> tasks(Contest contest) throws IOException {
        List<Task> file = TaskJson.read(
                LocalSettings.examples().resolve(options.environment()).resolve("train.jsonl"));
        var random = new Random(options.seed());
        var tasks = new ArrayList<Task>();
        int needed = options.steps() * DemoSettings.GROUPS_PER_STEP;
        for (int round = 0; tasks.size() < needed; round++) {
            Collections.shuffle(file, random);
            for (Task task : file.subList(0, Math.min(file.size(), needed - tasks.size()))) {
                tasks.add(Task.newBuilder(task)
                        .setTaskId("%s/%s/%d".formatted(contest.teamId(), task.getTaskId(), round))
                        .setTeamId(contest.teamId())
                        .setCollaboration(contest.collaboration())
                        .build());
            }
        }
        return tasks;
    }
}
