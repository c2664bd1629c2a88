package dev.troupe.cli.local;

import dev.troupe.agent.AgentService;
import dev.troupe.evaluator.EvaluatorService;
import dev.troupe.local.LocalCluster;
import dev.troupe.reward.RewardService;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.lifecycle.Lifecycle;
import dev.troupe.trainer.TrainerService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broker, registry and the four services in one JVM. The services are the production ones: they are given addresses and
 * settings and nothing else.
 */
public final class LocalStack implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalStack.class);

    private final LocalCluster cluster;
    private final KafkaClients clients;
    private final Lifecycle lifecycle;
    private volatile boolean closing;

    private LocalStack(LocalCluster cluster, KafkaClients clients, Lifecycle lifecycle) {
        this.cluster = cluster;
        this.clients = clients;
        this.lifecycle = lifecycle;
    }

    /**
     * Starts everything and returns when the services have begun their work.
     *
     * @param directory of the broker's log, the checkpoints and the streams state
     * @param brokerPort 0 takes a free one
     * @param registryPort 0 takes a free one
     * @param settings of the services, on top of the addresses
     */
    @SuppressWarnings("MustBeClosedChecker")
    public static LocalStack start(Path directory, int brokerPort, int registryPort, Map<String, String> settings)
            throws IOException, InterruptedException {
        LocalCluster cluster = LocalCluster.start(directory, brokerPort, registryPort);
        try {
            return start(cluster, directory, settings);
        } catch (RuntimeException | Error failure) {
            cluster.close();
            throw failure;
        }
    }

    private static LocalStack start(LocalCluster cluster, Path directory, Map<String, String> given) {
        var all = new TreeMap<>(cluster.settings());
        all.put("coordinator.state.dir", directory.resolve("streams").toString());
        all.put("trainer.logging.dir", directory.resolve("runs").toString());
        all.putAll(given);
        var settings = Settings.of(all);
        var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var clients = new KafkaClients(settings, meters);
        try {
            var lifecycle = services(settings, clients, meters);
            settings.check();
            LOGGER.atInfo().addKeyValue("settings", settings.describe()).log("local mode");
            lifecycle.start();
            return new LocalStack(cluster, clients, lifecycle);
        } catch (RuntimeException | Error failure) {
            clients.close();
            throw failure;
        }
    }

    /** The four services of one process, not started yet. */
    static Lifecycle services(Settings settings, KafkaClients clients, MeterRegistry meters) {
        return new Lifecycle(List.of(
                new TrainerService(settings, clients, meters),
                new AgentService(settings, clients, meters),
                new RewardService(settings, clients, meters),
                new EvaluatorService(settings, clients, meters)));
    }

    public KafkaClients clients() {
        return clients;
    }

    public LocalCluster cluster() {
        return cluster;
    }

    /** Whether no service has failed; one that was closed on request has not. */
    public boolean live() {
        return closing || lifecycle.live();
    }

    @Override
    public void close() {
        closing = true;
        try (cluster;
                clients;
                lifecycle) {
            LOGGER.atInfo().log("closing");
        }
    }
}
