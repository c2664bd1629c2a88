package dev.troupe.cli.bench.swap;

import dev.troupe.cli.bench.frame.BenchFrame;
import dev.troupe.runtime.artifact.ArtifactException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe bench swap}. */
@Command(
        name = "swap",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Announce versions one after another to an agent that plays at saturation, some of which cannot be served.",
            "Measures what decoding pauses for, what becomes of the turns, and whether memory stays flat.",
            "Broker, load and agent share this process."
        })
public final class SwapBenchCommand implements Callable<Integer> {

    private static final List<String> MODES = List.of("finish", "carry");

    @Option(names = "--versions", paramLabel = "N", defaultValue = "500", description = "Of each size and mode.")
    private int versions = 500;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "SIZE",
            defaultValue = "tiny,1m",
            description = "tiny, 1m, 6m: checkpoints with random weights.")
    private List<String> sizes = List.of();

    @Option(
            names = "--swap",
            split = ",",
            paramLabel = "MODE",
            defaultValue = "finish,carry",
            description = "As agent.swap: finish, carry.")
    private List<String> modes = List.of();

    @Option(
            names = "--fault-every",
            paramLabel = "N",
            defaultValue = "10",
            description = "One version in so many is corrupt, truncated, gone or of a wrong shape; 0 none.")
    private int faultEvery = 10;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "192",
            description = "Turns in the queue or being played.")
    private int window = 192;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Of the longest completions; the shortest have a quarter.")
    private int tokens = 64;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the agent.")
    private Map<String, String> settings = new HashMap<>();

    @Mixin
    private BenchFrame frame = new BenchFrame();

    @Override
    public Integer call() throws IOException, ArtifactException, InterruptedException {
        SwapPlan plan = plan();
        SwapReport report = new SwapBench(plan, frame::progress).run();
        frame.show(report, report::writeJson);
        return 0;
    }

    private SwapPlan plan() {
        frame.between("--versions", versions, 1, 1_000_000);
        frame.between("--fault-every", faultEvery, 0, 1_000_000);
        frame.between("--window", window, 1, 100_000);
        frame.between("--tokens", tokens, 4, 256);
        for (String mode : modes) {
            if (!MODES.contains(mode)) {
                throw frame.bad("--swap must be of %s, not %s".formatted(MODES, mode));
            }
        }
        List<CheckpointSize> chosen = sizes.stream()
                .map(name -> CheckpointSize.named(name).orElseThrow(() -> frame.bad("there is no size " + name)))
                .toList();
        return new SwapPlan(versions, faultEvery, chosen, modes, window, tokens, settings);
    }
}
