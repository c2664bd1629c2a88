package dev.troupe.cli.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Train a team and a single agent on an embedded Kafka, and compare them on held-out tasks.")
public final class DemoCommand implements Callable<Integer> {

    private static final Set<String> ENVIRONMENTS = Set.of("coding", "writing");
    private static final int DEFAULT_STEPS = 40;

    @Option(
            names = "--environment",
            defaultValue = "coding",
            description = "coding or writing (default: ${DEFAULT-VALUE})")
    private String environment = "coding";

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "seed of tasks and sampling (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--steps",
            defaultValue = "" + DEFAULT_STEPS,
            description = "training steps, each publishes a model version (default: ${DEFAULT-VALUE})")
    private int steps = DEFAULT_STEPS;

    @Option(names = "--json", paramLabel = "FILE", description = "write what the table shows")
    private @Nullable Path json;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".troupe",
            description = "where state, log and picture go (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of(".troupe");

    @Option(
            names = "--timeout",
            paramLabel = "MINUTES",
            defaultValue = "20",
            description = "give up after so many minutes (default: ${DEFAULT-VALUE})")
    private int timeoutMinutes = 20;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        check(
                ENVIRONMENTS.contains(environment),
                "--environment must be one of " + ENVIRONMENTS + ", not " + environment);
        check(steps >= 1 && steps <= 10_000, "--steps must be between 1 and 10000, not " + steps);
        check(timeoutMinutes >= 1, "--timeout must be at least 1, not " + timeoutMinutes);
        var options = new DemoOptions(environment, seed, steps, directory, Duration.ofMinutes(timeoutMinutes));
        var demo = new Demo(options, System.out, isTerminal());
        Report report = demo.run();
        System.out.println();
        System.out.print(report.table());
        System.out.println("picture: " + demo.picture());
        if (json != null) {
            report.writeJson(json);
        }
        return 0;
    }

    @SuppressWarnings("SystemConsoleNull") // it is null when output is redirected, since JDK 25 again
    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    private void check(boolean holds, String message) {
        if (!holds && spec != null) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
