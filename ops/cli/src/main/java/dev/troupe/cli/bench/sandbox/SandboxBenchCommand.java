package dev.troupe.cli.bench.sandbox;

import dev.troupe.cli.bench.frame.BenchFrame;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    private BenchFrame frame = new BenchFrame();

    @Override
    public Integer call() throws IOException, InterruptedException, SandboxUnavailableException {
        frame.between("--rounds", rounds, 1, 1_000);
        frame.between("--programs", programs, 1, 100_000);
        SandboxReport report = new SandboxBench(rounds, programs, frame::progress).run();
        frame.show(report, report::writeJson);
        return 0;
    }
}
