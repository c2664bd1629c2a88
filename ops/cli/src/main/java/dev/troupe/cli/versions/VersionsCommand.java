package dev.troupe.cli.versions;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe versions list|activate|pin|unpin}. */
@Command(
        name = "versions",
        mixinStandardHelpOptions = true,
        description = {
            "List the versions of policies, and say which one agents serve.",
            "Training goes on from the newest version whatever is served: stop the trainer to roll it back."
        })
public final class VersionsCommand implements Runnable {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do: list, activate POLICY VERSION, pin POLICY VERSION or unpin POLICY");
    }

    /** Something to be done with what the topics say. */
    @FunctionalInterface
    private interface Act {
        void on(KafkaClients clients, VersionList versions) throws InterruptedException;
    }

    private static void act(SettingOptions options, Act act) throws InterruptedException {
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            act.on(clients, VersionList.read(clients));
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Versions, and which agents serve them.")
    void list(
            @Option(names = "--policy", paramLabel = "POLICY", description = "only this one's") @Nullable
                    String policyId,
            @Mixin SettingOptions options)
            throws InterruptedException {
        act(options, (_, versions) -> print(VersionsTable.of(versions, Optional.ofNullable(policyId))));
    }

    @Command(
            name = "activate",
            mixinStandardHelpOptions = true,
            description = "Have a version served until the next one is published.")
    void activate(
            @Parameters(index = "0", paramLabel = "POLICY", description = "a policyId") String policyId,
            @Parameters(index = "1", paramLabel = "VERSION", description = "its number") int number,
            @Option(names = "--reason", paramLabel = "TEXT", description = "for people") @Nullable String reason,
            @Mixin SettingOptions options)
            throws InterruptedException {
        act(options, (clients, versions) -> {
            int newest = versions.newest(policyId);
            write(clients, route(policyId, versions.find(policyId, number), newest, reason));
            print("version %d of '%s' is served until version %d is published%n"
                    .formatted(number, policyId, newest + 1));
        });
    }

    @Command(
            name = "pin",
            mixinStandardHelpOptions = true,
            description = "Have a version served until it is unpinned, whatever is published.")
    void pin(
            @Parameters(index = "0", paramLabel = "POLICY", description = "a policyId") String policyId,
            @Parameters(index = "1", paramLabel = "VERSION", description = "its number") int number,
            @Option(names = "--reason", paramLabel = "TEXT", description = "for people") @Nullable String reason,
            @Mixin SettingOptions options)
            throws InterruptedException {
        act(options, (clients, versions) -> {
            write(clients, route(policyId, versions.find(policyId, number), null, reason));
            print("version %d of '%s' is served until 'troupe versions unpin %s'%n"
                    .formatted(number, policyId, policyId));
        });
    }

    @Command(name = "unpin", mixinStandardHelpOptions = true, description = "Have the newest version served again.")
    void unpin(
            @Parameters(index = "0", paramLabel = "POLICY", description = "a policyId") String policyId,
            @Mixin SettingOptions options)
            throws InterruptedException {
        act(options, (clients, versions) -> {
            int newest = versions.newest(policyId);
            write(clients, route(policyId, null, null, null));
            print("the newest version of '%s' is served, now %d%n".formatted(policyId, newest));
        });
    }

    private static ModelRoute route(
            String policyId, @Nullable ModelVersion version, @Nullable Integer until, @Nullable String reason) {
        return ModelRoute.newBuilder()
                .setPolicyId(policyId)
                .setVersion(version)
                .setUntil(until)
                .setReason(reason)
                .setRoutedAt(System.currentTimeMillis())
                .build();
    }

    private static void write(KafkaClients clients, ModelRoute route) throws InterruptedException {
        try (var writer = new TopicWriter(clients, "troupe-versions")) {
            TopicWriter.await(List.of(writer.send(TopicCatalog.MODEL_ROUTES, route.getPolicyId(), route)));
        }
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
