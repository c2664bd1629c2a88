package dev.troupe.cli.replay;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.trainer.Replay;
import dev.troupe.trainer.ReplayReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Train the groups that the log holds once more, from a checkpoint on, and say for each version whether the"
                    + " same files come out, bit for bit.",
            "Publishes nothing. Give it the settings of the trainer; other ones give other weights.",
            "Exit code 1 when a version differs, or cannot be trained again."
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Option(names = "--team", required = true, paramLabel = "TEAM", description = "whose policies")
    private String team = "";

    @Option(
            names = "--from-version",
            paramLabel = "K",
            defaultValue = "0",
            description = "the version that it begins with (default: ${DEFAULT-VALUE})")
    private int from;

    @Option(names = "--to-version", paramLabel = "N", description = "the last version (default: the newest)")
    private @Nullable Integer to;

    @Option(names = "--json", paramLabel = "FILE", description = "write what was found")
    private @Nullable Path json;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (from < 0) {
            throw bad("--from-version must be 0 or more: " + from);
        }
        if (to != null && to <= from) {
            throw bad("--to-version %d is not behind --from-version %d".formatted(to, from));
        }
        Settings settings = options.loadForTrainer();
        var replay = new Replay(settings, team);
        PrintWriter terminal = spec.commandLine().getOut();
        ReplayReport report;
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            terminal.printf("reading what team %s was trained on, from version %d ...%n", team, from);
            terminal.flush();
            report = replay.run(
                    clients, from, to == null ? OptionalInt.empty() : OptionalInt.of(to), (version, last) -> {
                        terminal.print(ReplayTable.row(version, last));
                        terminal.flush();
                    });
        }
        if (json != null) {
            ReplayJson.write(report, json);
        }
        terminal.print(ReplayTable.summary(report));
        terminal.flush();
        return report.holds() && !report.versions().isEmpty() ? 0 : 1;
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
