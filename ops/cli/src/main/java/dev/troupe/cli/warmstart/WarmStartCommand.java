package dev.troupe.cli.warmstart;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe warm-start}: makes the reference policy that ships with Troupe. */
@Command(
        name = "warm-start",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Trains the reference policy on generated demonstrations.")
public final class WarmStartCommand implements Callable<Integer> {

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where the Hugging Face directory goes.")
    private Path out = Path.of("reference-policy");

    @Option(names = "--seed", paramLabel = "N", description = "Seed of demonstrations and weights.")
    private long seed = 1;

    @Option(names = "--steps", paramLabel = "N", description = "Optimizer steps.")
    private int steps = 1200;

    @Option(names = "--batch-size", paramLabel = "N", description = "Demonstrations a step.")
    private int batchSize = 64;

    @Option(names = "--learning-rate", paramLabel = "X", description = "Learning rate at its peak.")
    private double learningRate = 3e-3;

    @Option(names = "--vocab-size", paramLabel = "N", description = "Most tokens the tokenizer may have.")
    private int vocabSize = 1024;

    @Option(
            names = "--least-solved",
            paramLabel = "X",
            description = "Share of held-out exams a single author must solve; below it the command fails.")
    private double leastSolved = 0.6;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter terminal = spec.commandLine().getOut();
        var options = new WarmStartOptions(out, seed, steps, batchSize, learningRate, vocabSize, leastSolved);
        SolveRate rate = new WarmStart(options, line -> {
                    terminal.println(line);
                    terminal.flush();
                })
                .run();
        if (rate.alone() < leastSolved) {
            spec.commandLine()
                    .getErr()
                    .println("The policy solves too little to learn from rewards; train it for more steps.");
            return 1;
        }
        return 0;
    }
}
