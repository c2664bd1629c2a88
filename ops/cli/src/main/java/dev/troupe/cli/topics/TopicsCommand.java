package dev.troupe.cli.topics;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.TopicProvisioner;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe topics apply|diff|describe}. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "Create topics, schemas and share groups from the catalogue, or say what differs.")
public final class TopicsCommand implements Callable<Integer> {

    private enum Action {
        APPLY,
        DIFF,
        DESCRIBE
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", description = "apply, diff or describe")
    private Action action = Action.DESCRIBE;

    @Option(names = "--partitions", defaultValue = "1", description = "of each topic (default: ${DEFAULT-VALUE})")
    private int partitions = 1;

    @Option(
            names = "--queue-partitions",
            paramLabel = "N",
            description = "of the work queues, turns and steps (default: as many as --partitions);"
                    + " with queue.protocol=consumer, no more workers than these are busy")
    private @Nullable Integer queuePartitions;

    @Option(names = "--replication", defaultValue = "1", description = "of each topic (default: ${DEFAULT-VALUE})")
    private short replication = 1;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Override
    public Integer call() throws Exception {
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            var provisioning = provisioning(QueueProtocol.of(settings));
            settings.check();
            if (action == Action.DESCRIBE) {
                System.out.print(TopicProvisioner.describe(provisioning));
                return 0;
            }
            try (var admin = clients.admin("troupe-topics")) {
                return action == Action.DIFF ? diff(admin, clients, provisioning) : apply(admin, clients, provisioning);
            } catch (ClusterException e) {
                throw new ClusterException(
                        e.reason(),
                        "%s (broker %s, schema registry %s)"
                                .formatted(e.getMessage(), clients.bootstrapServers(), clients.registryUrl()),
                        e);
            }
        }
    }

    private Provisioning provisioning(QueueProtocol protocol) {
        if (queuePartitions != null && queuePartitions < 1 && spec != null) {
            throw new ParameterException(
                    spec.commandLine(), "--queue-partitions must be 1 or more, not " + queuePartitions);
        }
        return new Provisioning(partitions, replication)
                .withQueues(queuePartitions == null ? partitions : queuePartitions, protocol);
    }

    private static int diff(Admin admin, KafkaClients clients, Provisioning provisioning) throws InterruptedException {
        List<String> differences = TopicProvisioner.diff(admin, clients, provisioning);
        differences.forEach(System.out::println);
        return differences.isEmpty() ? 0 : 1;
    }

    private static int apply(Admin admin, KafkaClients clients, Provisioning provisioning) throws InterruptedException {
        var applied = TopicProvisioner.apply(admin, clients, provisioning);
        System.out.printf(
                "topics created: %s%nshare groups configured: %s%nschemas registered: %s%n",
                applied.topics(), applied.groups(), applied.subjects());
        return 0;
    }
}
