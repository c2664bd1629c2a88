package dev.troupe.cli.bench.loop;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.swap.BusyAgent;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Runs both sides in turns, after as many rounds of each that are not counted as the plan says. */
final class LoopBench {

    /** An agent at saturation serves so many, one after another. */
    private static final int SATURATED_VERSIONS = 10;

    private final LoopPlan plan;
    private final Consumer<String> progress;

    LoopBench(LoopPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    LoopReport run() throws IOException, ArtifactException, InterruptedException {
        double before = Machine.loadAverage();
        List<Task> tasks = plan.tasks();
        var pipeline = new PipelineSide(plan);
        var plain = new PlainSide(plan);
        for (int warmUp = 1; warmUp <= plan.warmUps(); warmUp++) {
            measure("warm-up " + warmUp, plain, tasks);
            measure("warm-up " + warmUp, pipeline, tasks);
        }
        var pipelines = new ArrayList<SideRun>();
        var plains = new ArrayList<SideRun>();
        for (int round = 1; round <= plan.rounds(); round++) {
            plains.add(measure("round " + round, plain, tasks));
            pipelines.add(measure("round " + round, pipeline, tasks));
        }
        var load = Machine.Load.since(before);
        double busy = BusyAgent.share(SATURATED_VERSIONS, progress);
        return new LoopReport(plan, load, pipelines, plains, busy);
    }

    private SideRun measure(String when, Side side, List<Task> tasks) throws IOException, InterruptedException {
        SideRun run = side.run(tasks);
        progress.accept(String.format(
                Locale.ROOT,
                "%s: %s %.1f episodes/s, %.1f s, sampling %.0f %%, training %.1f s, compiling Java %.1f s, mean reward %.3f",
                when,
                side.name(),
                run.episodesPerSecond(),
                run.seconds(),
                100 * run.sampling(),
                run.trainedSeconds(),
                run.compiledSeconds(),
                run.meanReward()));
        return run;
    }
}
