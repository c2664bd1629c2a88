package dev.troupe.cli.bench.loop;

import dev.troupe.cli.bench.loop.Weights.Served;
import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.files.Directories;
import dev.troupe.cli.local.LocalSettings;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.team.TeamPolicies;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A loop without Kafka, of the services' own parts: one thread samples all episodes of a step in one batch, as many as
 * the services have judges judge them, and another trains on them, which the first runs ahead of by the staleness.
 */
final class PlainSide implements Side {

    private final LoopPlan plan;

    PlainSide(LoopPlan plan) {
        this.plan = plan;
    }

    @Override
    public String name() {
        return "plain loop";
    }

    @Override
    public SideRun run(List<Task> tasks) throws IOException, InterruptedException {
        var settings = Settings.of(plan.settings());
        String policyId = TeamPolicies.from(settings).policies(LoopPlan.TEAM).getFirst();
        Path initial = settings.path("trainer.initial.checkpoint", LocalSettings.examples());
        Path exchange = Files.createTempDirectory("troupe-bench");
        try (var weights = new Weights(policyId, initial, settings, plan.steps(), exchange);
                var rollouts = new Rollouts(policyId, initial, settings, tasks.getFirst());
                ExecutorService trainer = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("bench-trainer").factory())) {
            var first = new Served(ServingPolicy.load(initial, Weights.compute(settings, "agent")), 0);
            try (var serving = new Serving(first)) {
                return run(tasks, weights, rollouts, serving, trainer);
            }
        } finally {
            Directories.delete(exchange);
        }
    }

    private SideRun run(List<Task> tasks, Weights weights, Rollouts rollouts, Serving serving, ExecutorService trainer)
            throws IOException, InterruptedException {
        var training = new ArrayDeque<Future<Served>>();
        var episodes = new ArrayList<Episode>();
        double compiled = Machine.compiledSeconds();
        long begun = System.nanoTime();
        for (int step = 0; step < plan.steps(); step++) {
            while (training.size() > plan.staleness()) {
                serving.replace(result(training.removeFirst()));
            }
            int from = step * plan.groupsPerStep();
            List<EpisodeGroup> groups = rollouts.play(
                    tasks.subList(from, from + plan.groupsPerStep()), serving.policy(), serving.version());
            groups.forEach(group -> episodes.addAll(group.getEpisodes()));
            training.add(trainer.submit(() -> weights.train(groups)));
        }
        while (!training.isEmpty()) {
            serving.replace(result(training.removeFirst()));
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        return new SideRun(
                seconds,
                rollouts.sampledSeconds() / seconds,
                weights.trainedSeconds(),
                weights.publishedSeconds(),
                Machine.compiledSeconds() - compiled,
                SideRun.played(episodes));
    }

    private static Served result(Future<Served> training) throws IOException, InterruptedException {
        try {
            return training.get();
        } catch (ExecutionException e) {
            throw new IOException("the loop's training failed: " + e.getCause(), e);
        }
    }

    /** The version that samples. */
    private static final class Serving implements AutoCloseable {
        private Served current;

        Serving(Served first) {
            current = first;
        }

        ServingPolicy policy() {
            return current.policy();
        }

        int version() {
            return current.version();
        }

        void replace(Served next) {
            current.close();
            current = next;
        }

        @Override
        public void close() {
            current.close();
        }
    }
}
