package dev.troupe.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Option(names = "--json", paramLabel = "FILE", description = "Write all that was measured.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        BenchPlan plan = plan();
        PrintWriter terminal = spec.commandLine().getOut();
        try (var session = new BenchSession(line -> {
            terminal.println(line);
            terminal.flush();
        })) {
            if (python != null) {
                session.challenge(python, Path.of(System.getProperty("troupe.home", ".")));
            }
            BenchReport report = session.run(plan);
            terminal.println();
            terminal.print(new BenchTable(report));
            terminal.flush();
            if (json != null) {
                report.writeJson(json);
            }
        }
        return 0;
    }

    private BenchPlan plan() {
        List<ModelSize> models = new ArrayList<>();
        for (String name : sizes) {
            models.add(ModelSize.named(name).orElseThrow(() -> bad("--sizes must be of 1m, 6m and 25m, not " + name)));
        }
        for (int batch : batches) {
            check(batch >= 1 && batch <= MAX_BATCH, "--batches must be between 1 and " + MAX_BATCH + ", not " + batch);
        }
        check(rounds >= 1 && rounds <= MAX_ROUNDS, "--rounds must be between 1 and " + MAX_ROUNDS + ", not " + rounds);
        // A bare name is looked up on the PATH when it is started.
        check(
                python == null || python.getNameCount() == 1 || Files.isExecutable(python),
                "--against must name a program, and cannot run " + python);
        return BenchPlan.of(models, batches, rounds);
    }

    private void check(boolean holds, String message) {
        if (!holds) {
            throw bad(message);
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
