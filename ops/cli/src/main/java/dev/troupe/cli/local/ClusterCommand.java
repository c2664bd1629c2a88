package dev.troupe.cli.local;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.kafka.Provisioning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code troupe cluster}. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = {
            "Keep a broker and a schema registry running in one process, with all topics,",
            "for services that are started by hand ('troupe service ...')."
        })
public final class ClusterCommand implements Callable<Integer> {

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".troupe/cluster",
            description = "where the state is kept (default: ${DEFAULT-VALUE})")
    private Path directory = Path.of(".troupe", "cluster");

    @Option(names = "--broker-port", defaultValue = "9092", description = "default: ${DEFAULT-VALUE}")
    private int brokerPort = 9092;

    @Option(names = "--registry-port", defaultValue = "8081", description = "default: ${DEFAULT-VALUE}")
    private int registryPort = 8081;

    @Option(names = "--partitions", defaultValue = "1", description = "of new topics (default: ${DEFAULT-VALUE})")
    private int partitions = 1;

    @Option(
            names = "--lock",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "how long a worker may hold a turn or step without a word (default: ${DEFAULT-VALUE})")
    private int lockSeconds = 30;

    @Override
    public Integer call() throws Exception {
        var provisioning = new Provisioning(partitions, (short) 1, Duration.ofSeconds(lockSeconds));
        try (var cluster = LocalCluster.start(directory, brokerPort, registryPort, provisioning);
                var _ = Interruption.closing(cluster)) {
            System.out.printf(
                    "troupe: broker %s, registry %s; Ctrl-C ends it%n",
                    cluster.bootstrapServers(), cluster.registryUrl());
            var never = new CountDownLatch(1);
            while (cluster.fault().isEmpty()) {
                if (never.await(1, TimeUnit.SECONDS)) {
                    break;
                }
            }
            throw new IllegalStateException(
                    "the broker stopped itself: " + cluster.fault().orElse("for no reason given"));
        }
    }
}
