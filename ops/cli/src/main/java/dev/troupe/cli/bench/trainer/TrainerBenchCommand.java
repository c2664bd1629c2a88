package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.frame.BenchFrame;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe bench trainer}. */
@Command(
        name = "trainer",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Take GRPO steps with random policies: 8 completions of each of 4 prompts, loss dapo.",
            "With --against, TRL does the same work from the same weights, in turns."
        })
public final class TrainerBenchCommand implements Callable<Integer> {

    private static final int MAX_ROUNDS = 1000;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "SIZE",
            defaultValue = "90k,870k,5m",
            description = "90k, 870k or 5m parameters.")
    private List<String> sizes = List.of();

    @Option(
            names = "--work",
            split = ",",
            paramLabel = "WORK",
            defaultValue = "train,turns,overlap",
            description = {
                "train: one step on the same given completions.",
                "turns: sampling and training in turn, on one thread.",
                "overlap: sampling and training at once, on two threads."
            })
    private List<String> works = List.of();

    @Option(
            names = "--precisions",
            split = ",",
            paramLabel = "PRECISION",
            defaultValue = "fp32,bf16",
            description = "fp32 or bf16.")
    private List<String> precisions = List.of();

    @Option(
            names = "--backend",
            paramLabel = "BACKEND",
            defaultValue = "torchscript",
            description = "ndarray or torchscript, of our side in fp32; bf16 is torchscript.")
    private String backend = "torchscript";

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Rounds of each measurement.")
    private int rounds = 7;

    @Option(
            names = "--against",
            paramLabel = "PYTHON",
            description = "A Python interpreter that has trl; see policy/src/bench/python/requirements-trl.txt.")
    private @Nullable Path python;

    @Mixin
    private BenchFrame frame = new BenchFrame();

    @Override
    public Integer call() throws IOException {
        TrainerPlan plan = plan();
        try (var session = new TrainerSession(plan, frame::progress)) {
            if (python != null) {
                session.challenge(python, Path.of(System.getProperty("troupe.home", ".")));
            }
            TrainerReport report = session.run();
            frame.show(new TrainerTable(report), report::writeJson);
        }
        return 0;
    }

    private TrainerPlan plan() {
        frame.between("--rounds", rounds, 1, MAX_ROUNDS);
        frame.program("--against", python);
        return new TrainerPlan(
                all("--sizes", sizes, GrpoSize::named, "90k, 870k and 5m"),
                all("--work", works, Work::named, "train, turns and overlap"),
                all("--precisions", precisions, TrainerBenchCommand::precision, "fp32 and bf16"),
                all("--backend", List.of(backend), TrainerBenchCommand::backend, "ndarray and torchscript")
                        .getFirst(),
                TrainerPlan.COMPARED,
                rounds,
                TrainerPlan.Durations.USUAL);
    }

    private <T> List<T> all(String option, List<String> names, Function<String, Optional<T>> named, String known) {
        List<T> values = new ArrayList<>();
        for (String name : names) {
            values.add(
                    named.apply(name).orElseThrow(() -> frame.bad(option + " must be of " + known + ", not " + name)));
        }
        return values;
    }

    private static Optional<Precision> precision(String label) {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.label().equals(label))
                .findFirst();
    }

    private static Optional<Backend> backend(String name) {
        return Arrays.stream(Backend.values())
                .filter(backend -> backend.name().equalsIgnoreCase(name))
                .findFirst();
    }
}
