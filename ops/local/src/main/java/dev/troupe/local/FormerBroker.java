package dev.troupe.local;

import dev.troupe.local.LocalModeException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker that ran on a directory before and was killed: in the metadata it is still alive, until a controller has
 * waited for its session to expire. Here a controller alone does so before the next broker starts.
 *
 * <p>Otherwise the next broker (Kafka 4.3.1) takes its partitions at once, in the name of the former one, loses them
 * when that one's session expires, and is elected a second time. Each change makes the group and share coordinators
 * unload and load, and {@code CoordinatorRuntime} does not look which load it was that ended: one that was overtaken
 * activates a coordinator that has loaded nothing, which forgets every group, or leaves it failed for good.
 */
final class FormerBroker {

    private static final Logger LOGGER = LoggerFactory.getLogger(FormerBroker.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Written by a broker that had the time to say goodbye, and removed by the next one that starts. */
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    private FormerBroker() {}

    /**
     * Returns when the metadata in the directory knows of no live broker.
     *
     * @param dir formatted, and not in use
     * @return whether there was one
     * @throws Exception as declared by Kafka's server classes
     */
    static boolean fence(Path dir, int controllerPort) throws Exception {
        if (!hasRun(dir) || Files.exists(BrokerSettings.dataDir(dir).resolve(CLEAN_SHUTDOWN))) {
            return false;
        }
        long begin = System.nanoTime();
        var watch = new Watch();
        ControllerServer controller = controller(dir, controllerPort);
        try {
            controller.startup();
            within(
                    controller.sharedServer().loader().installPublishers(List.of(watch)),
                    "to read the metadata of",
                    dir);
            within(watch.fenced, "for the session to expire of the broker that was killed on", dir);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
        LOGGER.atInfo()
                .addKeyValue("directory", dir)
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                .log("looked after a broker that was killed");
        return watch.sawAlive;
    }

    private static void within(CompletableFuture<Void> done, String what, Path dir)
            throws InterruptedException, ExecutionException {
        try {
            done.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LocalModeException(
                    Reason.BROKER_FAILED, "waited %d s %s %s".formatted(LIMIT.toSeconds(), what, dir), e);
        }
    }

    private static ControllerServer controller(Path dir, int port) throws Exception {
        Path metadata = BrokerSettings.metadataDir(dir);
        var config = KafkaConfig.fromProps(BrokerSettings.controllerOnly(dir, port), false);
        MetaPropertiesEnsemble directories = new MetaPropertiesEnsemble.Loader()
                .addMetadataLogDir(metadata.toString())
                .addLogDirs(List.of(BrokerSettings.dataDir(dir).toString()))
                .load();
        String clusterId = directories.clusterId().orElseThrow(() -> new IOException("no cluster id in " + metadata));
        var shared = new SharedServer(
                config,
                directories,
                Time.SYSTEM,
                Server.initializeMetrics(config, Time.SYSTEM, clusterId),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                List.of(),
                new StandardFaultHandlerFactory(),
                ServerSocketFactory.INSTANCE);
        return new ControllerServer(
                shared, KafkaRaftServer.configSchema(), new BootstrapDirectory(metadata.toString()).read());
    }

    private static boolean hasRun(Path dir) {
        return Files.exists(BrokerSettings.metadataDir(dir)
                .resolve(KafkaRaftServer.MetadataPartition().toString()));
    }

    /** Completes when the image holds no unfenced broker. */
    private static final class Watch implements MetadataPublisher {

        private final CompletableFuture<Void> fenced = new CompletableFuture<>();
        private volatile boolean sawAlive;

        @Override
        public String name() {
            return "FormerBrokerWatch";
        }

        @Override
        public void onMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
            if (image.cluster().brokers().values().stream().allMatch(BrokerRegistration::fenced)) {
                fenced.complete(null);
            } else {
                sawAlive = true;
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
