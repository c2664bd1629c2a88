package dev.troupe.cli.bench.loop;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Runs both sides in turns, after one round of each that is not counted. */
final class LoopBench {

    private final LoopPlan plan;
    private final Consumer<String> progress;

    LoopBench(LoopPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** @param warmUp whether to run both once before */
    LoopReport run(boolean warmUp) throws IOException, InterruptedException {
        double before = Machine.loadAverage();
        List<Task> tasks = plan.tasks();
        var pipeline = new PipelineSide(plan);
        var plain = new PlainSide(plan);
        if (warmUp) {
            measure("warm-up", plain, tasks);
            measure("warm-up", pipeline, tasks);
        }
        var pipelines = new ArrayList<SideRun>();
        var plains = new ArrayList<SideRun>();
        for (int round = 1; round <= plan.rounds(); round++) {
            plains.add(measure("round " + round, plain, tasks));
            pipelines.add(measure("round " + round, pipeline, tasks));
        }
        var load = new Machine.Load(
                before, Machine.loadAverage(), Runtime.getRuntime().availableProcessors());
        return new LoopReport(plan, load, pipelines, plains);
    }

    private SideRun measure(String when, Side side, List<Task> tasks) throws IOException, InterruptedException {
        SideRun run = side.run(tasks);
        progress.accept(String.format(
                Locale.ROOT,
                "%s: %s %.1f episodes/s, %.1f s, sampling %.0f %%, training %.1f s, mean reward %.3f",
                when,
                side.name(),
                run.episodesPerSecond(),
                run.seconds(),
                100 * run.sampling(),
                run.trainedSeconds(),
                run.meanReward()));
        return run;
    }
}
