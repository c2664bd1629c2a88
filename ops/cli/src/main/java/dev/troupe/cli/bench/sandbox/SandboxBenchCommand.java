package dev.troupe.cli.bench.sandbox;

import dev.troupe.reward.sandbox.SandboxUnavailableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe bench sandbox}. */
@Command(
        name = "sandbox",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Judge the same programs in each sandbox and in bare child processes of CPython, in turns.",
            "Bare processes run the same interpreter with the same harness and limits, and nothing keeps them in."
        })
public final class SandboxBenchCommand implements Callable<Integer> {

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each measurement.")
    private int rounds = 5;

    @Option(names = "--programs", paramLabel = "N", defaultValue = "40", description = "Programs of a round.")
    private int programs = 40;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all that was measured.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException, SandboxUnavailableException {
        between("--rounds", rounds, 1_000);
        between("--programs", programs, 100_000);
        PrintWriter terminal = spec.commandLine().getOut();
        SandboxReport report = new SandboxBench(rounds, programs, line -> {
                    terminal.println(line);
                    terminal.flush();
                })
                .run();
        terminal.println();
        terminal.print(report);
        terminal.flush();
        if (json != null) {
            report.writeJson(json);
        }
        return 0;
    }

    private void between(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(
                    spec.commandLine(), "%s must be between 1 and %,d, not %d".formatted(option, most, value));
        }
    }
}
