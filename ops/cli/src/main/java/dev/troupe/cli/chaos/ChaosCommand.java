package dev.troupe.cli.chaos;

import dev.troupe.cli.files.Directories;
import dev.troupe.cli.local.LocalSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe chaos}. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Run broker, coordinator, judges, trainer and agents as processes of their own, kill them at random with",
            "SIGKILL while tasks are fed, and account for every task afterwards. Exit code 1 when one is lost or doubled."
        })
public final class ChaosCommand implements Callable<Integer> {

    @Option(names = "--tasks", defaultValue = "2000", description = "to be fed (default: ${DEFAULT-VALUE})")
    private int tasks = 2000;

    @Option(names = "--kills", defaultValue = "60", description = "in all (default: ${DEFAULT-VALUE})")
    private int kills = 60;

    @Option(
            names = "--gap",
            paramLabel = "SECONDS",
            defaultValue = "4",
            description = "between two kills, on average (default: ${DEFAULT-VALUE})")
    private double gapSeconds = 4;

    @Option(names = "--agents", defaultValue = "2", description = "processes (default: ${DEFAULT-VALUE})")
    private int agents = 2;

    @Option(names = "--judges", defaultValue = "2", description = "processes (default: ${DEFAULT-VALUE})")
    private int judges = 2;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "of gaps, victims and tasks (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".troupe/chaos",
            description = "emptied first; topics, state and logs stay in it (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of(".troupe", "chaos");

    @Option(names = "--json", paramLabel = "FILE", description = "write the result as JSON")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ChaosPlan plan = plan();
        empty(plan.directory());
        Path checkpoint = LocalSettings.examples().resolve("reference-policy").toAbsolutePath();
        PrintWriter terminal = spec.commandLine().getOut();
        var run = new ChaosRun(plan, checkpoint, line -> {
            terminal.println("troupe: " + line);
            terminal.flush();
        });
        ChaosReport report = run.run();
        terminal.print(report);
        terminal.flush();
        if (json != null) {
            report.writeJson(json, plan);
        }
        return report.passed() ? 0 : 1;
    }

    /** Only what an earlier run has left is thrown away. */
    private void empty(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> inside = Files.list(root)) {
            if (inside.findAny().isEmpty()) {
                return;
            }
        }
        if (!Files.exists(root.resolve(Ensemble.CONFIG))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--dir %s is not empty and not of an earlier run (it has no %s); name another"
                            .formatted(root, Ensemble.CONFIG));
        }
        Directories.delete(root);
    }

    private ChaosPlan plan() {
        try {
            return new ChaosPlan(
                    tasks,
                    kills,
                    Duration.ofMillis((long) (gapSeconds * 1000)),
                    agents,
                    judges,
                    seed,
                    directory.toAbsolutePath().normalize());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
