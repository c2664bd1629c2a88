package dev.troupe.local;

import dev.troupe.local.LocalModeException.Reason;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicProvisioner;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/**
 * Everything the services need from outside, in this process: broker, schema registry, topics, artifact directory.
 * Starting again on the same directory continues where it stopped.
 */
public final class LocalCluster implements AutoCloseable {

    /** With one partition a share group balances record by record, and every topic keeps one order. */
    private static final Provisioning ONE_PARTITION = new Provisioning(1, (short) 1);

    private final Path artifacts;
    private final LocalBroker broker;
    private final LocalRegistry registry;

    private LocalCluster(Path artifacts, LocalBroker broker, LocalRegistry registry) {
        this.artifacts = artifacts;
        this.broker = broker;
        this.registry = registry;
    }

    /** Starts with one partition a topic; see {@link #start(Path, int, int, Provisioning)}. */
    public static LocalCluster start(Path dir, int brokerPort, int registryPort) {
        return start(dir, brokerPort, registryPort, ONE_PARTITION);
    }

    /**
     * Starts all of it and returns when the topics take records.
     *
     * @param dir where everything is kept; created when missing
     * @param brokerPort on 127.0.0.1; 0 takes a free one
     * @param registryPort on 127.0.0.1; 0 takes a free one
     * @param provisioning how missing topics are made; those that exist stay as they are
     * @throws LocalModeException when a port or the directory is in use, or a part does not start
     */
    public static LocalCluster start(Path dir, int brokerPort, int registryPort, Provisioning provisioning) {
        Path home = dir.toAbsolutePath().normalize();
        if (registryPort != 0) {
            Ports.requireFree("schema registry", registryPort);
        }
        LocalBroker broker = LocalBroker.start(home.resolve("kafka"), brokerPort);
        LocalRegistry registry = null;
        try {
            registry = LocalRegistry.start(broker.bootstrapServers(), registryPort);
            var cluster = new LocalCluster(home.resolve("artifacts"), broker, registry);
            cluster.provision(provisioning);
            return cluster;
        } catch (RuntimeException e) {
            if (registry != null) {
                registry.close();
            }
            broker.close();
            throw e;
        }
    }

    private void provision(Provisioning provisioning) {
        try (var clients = new KafkaClients(Settings.of(settings()));
                Admin admin = clients.admin("troupe-local")) {
            TopicProvisioner.apply(admin, clients, provisioning);
        } catch (ClusterException e) {
            throw new LocalModeException(Reason.BROKER_FAILED, "cannot make the topics: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalModeException(Reason.BROKER_FAILED, "interrupted while the topics were made", e);
        }
    }

    /**
     * What a service needs to find it: {@code kafka.bootstrap.servers}, {@code schema.registry.url},
     * {@code artifacts.dir}.
     */
    public Map<String, String> settings() {
        return Map.of(
                "kafka.bootstrap.servers", broker.bootstrapServers(),
                "schema.registry.url", registry.url(),
                "artifacts.dir", artifacts.toString());
    }

    /** The address for Kafka clients. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /** The address for registry clients. */
    public String registryUrl() {
        return registry.url();
    }

    /** Why the broker stopped itself, if it did; nothing works any more then. */
    public Optional<String> fault() {
        return broker.fault();
    }

    /** Stops registry and broker; close the services first. */
    @Override
    public void close() {
        try (broker) {
            registry.close();
        }
    }
}
