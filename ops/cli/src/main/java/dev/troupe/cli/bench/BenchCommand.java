package dev.troupe.cli.bench;

import dev.troupe.cli.bench.loop.LoopBenchCommand;
import dev.troupe.cli.bench.sandbox.SandboxBenchCommand;
import dev.troupe.cli.bench.stream.StreamBenchCommand;
import dev.troupe.cli.bench.swap.SwapBenchCommand;
import dev.troupe.cli.bench.trainer.TrainerBenchCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe bench}: the root of the benchmarks. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure this machine.",
        subcommands = {
            PolicyBenchCommand.class,
            StreamBenchCommand.class,
            SandboxBenchCommand.class,
            TrainerBenchCommand.class,
            SwapBenchCommand.class,
            LoopBenchCommand.class
        })
public final class BenchCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(), "say what to measure: policy, trainer, stream, sandbox, swap or loop");
        }
    }
}
