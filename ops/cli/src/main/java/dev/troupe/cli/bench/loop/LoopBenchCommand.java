package dev.troupe.cli.bench.loop;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe bench loop}. */
@Command(
        name = "loop",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Train a team through broker, coordinator, judges, agent and trainer in this process, and in one plain loop",
            "of their parts without Kafka: same tasks, seeds, policy and settings, in turns.",
            "The time runs from the first task to the last trained step."
        })
public final class LoopBenchCommand implements Callable<Integer> {

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each side.")
    private int rounds = 5;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "15", description = "Training steps of a round.")
    private int steps = 15;

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

    @Option(names = "--json", paramLabel = "FILE", description = "Write all that was measured.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        between("--rounds", rounds, 1, 1_000);
        between("--steps", steps, 1, 10_000);
        between("--groups", groups, 1, 1_000);
        between("--generations", generations, 2, 64);
        between("--staleness", staleness, 0, 100);
        PrintWriter terminal = spec.commandLine().getOut();
        var plan = new LoopPlan(rounds, steps, groups, generations, staleness, seed, settings);
        LoopReport report = new LoopBench(plan, line -> {
                    terminal.println(line);
                    terminal.flush();
                })
                .run(true);
        terminal.println();
        terminal.print(report.table());
        terminal.flush();
        if (json != null) {
            report.writeJson(json);
        }
        return 0;
    }

    private void between(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(),
                    "%s must be between %,d and %,d, not %,d".formatted(option, least, most, value));
        }
    }
}
