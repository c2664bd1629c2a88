package dev.troupe.cli.bench.loop;

import dev.troupe.cli.bench.frame.BenchFrame;
import dev.troupe.runtime.artifact.ArtifactException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe bench loop}. */
@Command(
        name = "loop",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Train a team through broker, coordinator, judges, agent and trainer in this process, and in one plain loop",
            "of their parts without Kafka: same tasks, seeds, policy and settings, in turns.",
            "The time runs from the first task to the last trained step. Rounds without a warm-up measure Java's",
            "compiler, which is busy for minutes with a broker's code.",
            "Besides, how busy an agent is whose queue is always full."
        })
public final class LoopBenchCommand implements Callable<Integer> {

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds of each side that are not counted.")
    private int warmUps = 3;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds of each side.")
    private int rounds = 3;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "50", description = "Training steps of a round.")
    private int steps = 50;

    @Option(names = "--groups", paramLabel = "N", defaultValue = "6", description = "Tasks of a step.")
    private int groups = 6;

    @Option(names = "--generations", paramLabel = "N", defaultValue = "8", description = "Episodes of a task.")
    private int generations = 8;

    @Option(
            names = "--staleness",
            paramLabel = "N",
            defaultValue = "1",
            description = "Versions by which rollouts may lag behind; with 0 sampling waits for training.")
    private int staleness = 1;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of tasks and sampling.")
    private long seed = 1;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of both sides.")
    private Map<String, String> settings = new HashMap<>();

    @Mixin
    private BenchFrame frame = new BenchFrame();

    @Override
    public Integer call() throws IOException, ArtifactException, InterruptedException {
        frame.between("--warm-up", warmUps, 0, 1_000);
        frame.between("--rounds", rounds, 1, 1_000);
        frame.between("--steps", steps, 1, 10_000);
        frame.between("--groups", groups, 1, 1_000);
        frame.between("--generations", generations, 2, 64);
        frame.between("--staleness", staleness, 0, 100);
        var plan = new LoopPlan(warmUps, rounds, steps, groups, generations, staleness, seed, settings);
        LoopReport report = new LoopBench(plan, frame::progress).run();
        frame.show(report.table(), report::writeJson);
        return 0;
    }
}
