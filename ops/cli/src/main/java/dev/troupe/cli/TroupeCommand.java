package dev.troupe.cli;

import dev.troupe.cli.audit.AuditCommand;
import dev.troupe.cli.audit.LineageCommand;
import dev.troupe.cli.bench.BenchCommand;
import dev.troupe.cli.chaos.ChaosCommand;
import dev.troupe.cli.demo.DemoCommand;
import dev.troupe.cli.dlq.DlqCommand;
import dev.troupe.cli.local.ClusterCommand;
import dev.troupe.cli.local.UpCommand;
import dev.troupe.cli.replay.ReplayCommand;
import dev.troupe.cli.rescore.RescoreCommand;
import dev.troupe.cli.rollback.RollbackCommand;
import dev.troupe.cli.score.ScoreCommand;
import dev.troupe.cli.service.ServiceCommand;
import dev.troupe.cli.tail.TailCommand;
import dev.troupe.cli.tasks.TasksCommand;
import dev.troupe.cli.topics.TopicsCommand;
import dev.troupe.cli.versions.VersionsCommand;
import dev.troupe.cli.warmstart.WarmStartCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe}: the root of all commands. */
@Command(
        name = "troupe",
        mixinStandardHelpOptions = true,
        version = "troupe 0.1.0",
        description = "Trains teams of language-model agents to work together, on Kafka.",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            ClusterCommand.class,
            ServiceCommand.class,
            TasksCommand.class,
            TailCommand.class,
            DlqCommand.class,
            TopicsCommand.class,
            AuditCommand.class,
            LineageCommand.class,
            VersionsCommand.class,
            ChaosCommand.class,
            ReplayCommand.class,
            RollbackCommand.class,
            RescoreCommand.class,
            ScoreCommand.class,
            WarmStartCommand.class,
            BenchCommand.class,
        },
        footer = {"", "./troupe test runs all tests."})
final class TroupeCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "say what to do; ./troupe --help lists the commands");
        }
    }
}
