package dev.troupe.cli.bench;

import dev.troupe.cli.bench.frame.BenchFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe bench policy}. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Sample from random policies and train them, on one thread.",
            "With --against, transformers does the same work with the same weights, in turns."
        })
final class PolicyBenchCommand implements Callable<Integer> {

    private static final int MAX_BATCH = 1024;
    private static final int MAX_ROUNDS = 1000;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "SIZE",
            defaultValue = "1m,6m,25m",
            description = "1m, 6m or 25m parameters.")
    private List<String> sizes = List.of();

    @Option(
            names = "--batches",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,8,32,128",
            description = "Sequences that are sampled together.")
    private List<Integer> batches = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each measurement.")
    private int rounds = 5;

    @Option(
            names = "--against",
            paramLabel = "PYTHON",
            description = "A Python interpreter that has torch and transformers.")
    private @Nullable Path python;

    @Mixin
    private BenchFrame frame = new BenchFrame();

    @Override
    public Integer call() throws IOException {
        BenchPlan plan = plan();
        try (var session = new BenchSession(frame::progress)) {
            if (python != null) {
                session.challenge(python, Path.of(System.getProperty("troupe.home", ".")));
            }
            BenchReport report = session.run(plan);
            frame.show(new BenchTable(report), report::writeJson);
        }
        return 0;
    }

    private BenchPlan plan() {
        List<ModelSize> models = new ArrayList<>();
        for (String name : sizes) {
            models.add(ModelSize.named(name)
                    .orElseThrow(() -> frame.bad("--sizes must be of 1m, 6m and 25m, not " + name)));
        }
        batches.forEach(batch -> frame.between("--batches", batch, 1, MAX_BATCH));
        frame.between("--rounds", rounds, 1, MAX_ROUNDS);
        frame.program("--against", python);
        return BenchPlan.of(models, batches, rounds);
    }
}
