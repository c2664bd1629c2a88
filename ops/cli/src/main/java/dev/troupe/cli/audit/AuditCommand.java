package dev.troupe.cli.audit;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Account for every task from the topics: fed = trained + evaluated + skipped + incomplete"
                    + " + dead-lettered + open, per team, while the stream runs.",
            "Exit code 1 when something does not add up."
        })
public final class AuditCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Option(
            names = "--list",
            paramLabel = "N",
            defaultValue = "50",
            description = "list at most so many things that do not add up (default: ${DEFAULT-VALUE})")
    private int most = 50;

    @Option(names = "--json", paramLabel = "FILE", description = "write the accounts as JSON")
    private @Nullable Path json;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        var settings = options.loadForReward();
        try (var clients = new KafkaClients(settings)) {
            String applicationId = CoordinatorOptions.from(settings).applicationId();
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            PrintWriter progress = spec.commandLine().getErr();
            Audit audit = new Auditor(clients, applicationId, line -> {
                        progress.println("troupe: " + line);
                        progress.flush();
                    })
                    .audit();
            var report = new AuditReport(audit);
            PrintWriter terminal = spec.commandLine().getOut();
            terminal.print(report.table(most));
            terminal.flush();
            if (json != null) {
                report.writeJson(json);
            }
            return audit.balances() ? 0 : 1;
        }
    }
}
