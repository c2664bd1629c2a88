package dev.troupe.cli.bench.swap;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.runtime.artifact.ArtifactException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.function.Consumer;

/** Runs a plan, one size and mode after another. */
final class SwapBench {

    private final SwapPlan plan;
    private final Consumer<String> progress;

    SwapBench(SwapPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** @throws IOException when a version was not served that should be, or one that should not */
    SwapReport run() throws IOException, ArtifactException, InterruptedException {
        double before = Machine.loadAverage();
        var results = new ArrayList<SwapResult>();
        for (CheckpointSize size : plan.sizes()) {
            for (String mode : plan.modes()) {
                results.add(new SwapRun(plan, size, mode, progress).run());
            }
        }
        var load = Machine.Load.since(before);
        return new SwapReport(plan, load, results);
    }
}
