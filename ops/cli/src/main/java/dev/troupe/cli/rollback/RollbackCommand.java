package dev.troupe.cli.rollback;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.cli.terminal.Printable;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.Rollback;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe rollback}. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = {
            "Take a team back to an older version: publish its files once more, as the newest version of every policy.",
            "Agents load it, and training goes on from it with the groups that come next.",
            "A trainer of the team that runs is fenced and stops; start it again. Give it the settings of the trainer."
        })
public final class RollbackCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Option(names = "--team", required = true, paramLabel = "TEAM", description = "whose policies")
    private String team = "";

    @Option(names = "--to-version", required = true, paramLabel = "K", description = "the version to go back to")
    private int to;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (to < 0) {
            throw new ParameterException(spec.commandLine(), "--to-version must be 0 or more: " + to);
        }
        Settings settings = options.loadForTrainer();
        var rollback = new Rollback(settings, team);
        PrintWriter terminal = spec.commandLine().getOut();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            for (ModelVersion version : rollback.run(clients, to)) {
                terminal.printf(
                        "version %d of %s is version %d once more%n",
                        version.getVersion(), Printable.text(version.getPolicyId()), to);
            }
        }
        terminal.flush();
        return 0;
    }
}
