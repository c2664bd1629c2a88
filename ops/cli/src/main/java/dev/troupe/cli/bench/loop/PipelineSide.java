package dev.troupe.cli.bench.loop;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.swap.BusyAgent;
import dev.troupe.cli.files.Directories;
import dev.troupe.cli.local.LocalStack;
import dev.troupe.cli.tasks.TaskFeed;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The services of local mode on a broker of their own, all in this process. */
final class PipelineSide implements Side {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LoopPlan plan;

    PipelineSide(LoopPlan plan) {
        this.plan = plan;
    }

    @Override
    public String name() {
        return "pipeline";
    }

    @Override
    public SideRun run(List<Task> tasks) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("troupe-bench");
        var activations = new LinkedBlockingQueue<ModelActivation>();
        var steps = new LinkedBlockingQueue<TrainingStep>();
        var episodes = new LinkedBlockingQueue<Episode>();
        try (var stack = LocalStack.start(directory, 0, 0, plan.settings());
                var activationReader = new TopicReader<>(
                        stack.clients(),
                        "bench",
                        TopicCatalog.MODEL_ACTIVATIONS,
                        record -> activations.add(record.value()));
                var stepReader = new TopicReader<>(
                        stack.clients(), "bench", TopicCatalog.TRAINING_STEPS, record -> steps.add(record.value()));
                var episodeReader = new TopicReader<>(
                        stack.clients(), "bench", TopicCatalog.EPISODES, record -> episodes.add(record.value()))) {
            activationReader.start();
            next(activations, "the first version is served");
            stepReader.start();
            stepReader.awaitCaughtUp(PATIENCE);
            double compiled = Machine.compiledSeconds();
            double busy = BusyAgent.seconds(stack.clients().meters());
            long begun = System.nanoTime();
            TaskFeed.send(stack.clients(), tasks);
            var trained = new ArrayList<TrainingStep>();
            while (trained.size() < plan.steps()) {
                trained.add(next(steps, "step " + (trained.size() + 1) + " is trained"));
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            double sampling = (BusyAgent.seconds(stack.clients().meters()) - busy) / seconds;
            compiled = Machine.compiledSeconds() - compiled;
            // Read afterwards: a plain loop does not read what it wrote either.
            episodeReader.start();
            var played = new ArrayList<Episode>();
            while (played.size() < plan.episodes()) {
                played.add(next(episodes, "episode " + (played.size() + 1) + " is read"));
            }
            return new SideRun(
                    seconds,
                    sampling,
                    sum(trained, "step_time"),
                    sum(trained, "model/publish_s"),
                    compiled,
                    SideRun.played(played));
        } finally {
            Directories.delete(directory);
        }
    }

    private static <T> T next(LinkedBlockingQueue<T> queue, String what) throws IOException, InterruptedException {
        T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new IOException("waited %d s until %s: the log says why".formatted(PATIENCE.toSeconds(), what));
        }
        return next;
    }

    private static double sum(List<TrainingStep> steps, String metric) {
        return steps.stream()
                .mapToDouble(step -> step.getMetrics().getOrDefault(metric, 0.0))
                .sum();
    }
}
