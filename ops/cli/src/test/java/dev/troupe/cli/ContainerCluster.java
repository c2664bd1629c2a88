package dev.troupe.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicProvisioner;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * The broker and the registry of docker-compose.yml in containers. The broker has the same port and the same data when
 * it is started again after a kill.
 */
final class ContainerCluster implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ContainerCluster.class);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Below the ephemeral ports, so that no outgoing connection takes it while the broker is away. */
    private static final int LOWEST_PORT = 20_000;

    private static final int PORTS = 12_000;

    private final Network network = Network.newNetwork();
    private final int port = freePort();
    private final GenericContainer<?> kafka;
    private final GenericContainer<?> registry;

    private ContainerCluster() throws IOException {
        this.kafka = kafka(network, port);
        this.registry = registry(network);
    }

    /** Skips the calling test, with the reason in the log, where the containers cannot be run. */
    static void require() throws IOException, InterruptedException {
        var obstacle = DockerCommand.obstacle(
                List.of(ComposeSettings.image("KAFKA"), ComposeSettings.image("SCHEMA_REGISTRY")));
        obstacle.ifPresent(
                reason -> LOGGER.atWarn().addKeyValue("reason", reason).log("skipped"));
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    }

    /** Starts both, without topics; skips the calling test where they cannot be run. */
    static ContainerCluster start() throws IOException, InterruptedException {
        require();
        var cluster = new ContainerCluster();
        try {
            cluster.kafka.start();
            cluster.registry.start();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Where they are; the caller may add to it. */
    Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                "%s:%d".formatted(kafka.getHost(), port),
                "schema.registry.url",
                registryUrl()));
    }

    String registryUrl() {
        return "http://%s:%d".formatted(registry.getHost(), registry.getMappedPort(8081));
    }

    /** Makes the topics, subjects and groups of the catalogue. */
    void provision(Provisioning provisioning) throws InterruptedException {
        try (var clients = new KafkaClients(Settings.of(settings()));
                var admin = clients.admin("test")) {
            TopicProvisioner.apply(admin, clients, provisioning);
        }
    }

    /** Stops the broker's processes between two instructions: connections stay open and nothing answers. */
    void pauseBroker() throws InterruptedException {
        docker("pause");
    }

    void resumeBroker() throws InterruptedException {
        docker("unpause");
    }

    /** Ends the broker with SIGKILL. */
    void killBroker() throws InterruptedException {
        docker("kill");
    }

    /** Starts the killed broker on its port and data, and returns when it serves. */
    void startBroker() throws InterruptedException {
        docker("start");
        try (var clients = new KafkaClients(Settings.of(settings()))) {
            TopicProvisioner.verify(clients, PATIENCE);
        }
    }

    private void docker(String command) throws InterruptedException {
        DockerCommand.Result result = DockerCommand.run(PATIENCE, command, kafka.getContainerId());
        if (!result.worked()) {
            throw new IllegalStateException("docker %s: %s".formatted(command, result.output()));
        }
    }

    private static GenericContainer<?> kafka(Network network, int port) throws IOException {
        var kafka = new GenericContainer<>(DockerImageName.parse(ComposeSettings.image("KAFKA")))
                .withNetwork(network)
                .withNetworkAliases("kafka")
                .withEnv(broker(DockerClientFactory.instance().dockerHostIpAddress(), port))
                .waitingFor(Wait.forLogMessage(".*Transitioning from RECOVERY to RUNNING.*", 1)
                        .withStartupTimeout(PATIENCE));
        kafka.setPortBindings(List.of(port + ":9092"));
        return kafka;
    }

    private static Map<String, String> broker(String host, int port) {
        var settings = new TreeMap<String, String>();
        settings.put("CLUSTER_ID", "dHJvdXBlLWNvbXBvc2UtMQ");
        settings.put("KAFKA_NODE_ID", "1");
        settings.put("KAFKA_PROCESS_ROLES", "broker,controller");
        settings.put("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093");
        settings.put("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER");
        settings.put("KAFKA_LISTENERS", "INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093");
        settings.put("KAFKA_ADVERTISED_LISTENERS", "INTERNAL://kafka:19092,EXTERNAL://%s:%d".formatted(host, port));
        settings.put(
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("KAFKA_INTER_BROKER_LISTENER_NAME", "INTERNAL");
        settings.put("KAFKA_LOG_DIRS", "/var/lib/kafka/data");
        settings.put("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        settings.put("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        // One broker; and one partition of what it keeps for itself, so that it is up sooner.
        for (String topic : List.of("OFFSETS_TOPIC", "TRANSACTION_STATE_LOG", "SHARE_COORDINATOR_STATE_TOPIC")) {
            settings.put("KAFKA_%s_NUM_PARTITIONS".formatted(topic), "1");
            settings.put("KAFKA_%s_REPLICATION_FACTOR".formatted(topic), "1");
        }
        settings.put("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1");
        settings.put("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
        // Some scenarios wait for locks to run out; 15 s is the least without this.
        settings.put("KAFKA_GROUP_SHARE_MIN_RECORD_LOCK_DURATION_MS", "1000");
        return settings;
    }

    private static GenericContainer<?> registry(Network network) throws IOException {
        return new GenericContainer<>(DockerImageName.parse(ComposeSettings.image("SCHEMA_REGISTRY")))
                .withNetwork(network)
                .withExposedPorts(8081)
                .withEnv("SCHEMA_REGISTRY_HOST_NAME", "schema-registry")
                .withEnv("SCHEMA_REGISTRY_LISTENERS", "http://0.0.0.0:8081")
                .withEnv("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS", "PLAINTEXT://kafka:19092")
                .withEnv("SCHEMA_REGISTRY_KAFKASTORE_TOPIC_REPLICATION_FACTOR", "1")
                .waitingFor(Wait.forHttp("/subjects").forPort(8081).withStartupTimeout(PATIENCE));
    }

    private static int freePort() throws IOException {
        var random = new Random();
        while (true) {
            int port = LOWEST_PORT + random.nextInt(PORTS);
            try (var probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(port));
                return port;
            } catch (BindException e) {
                LOGGER.atDebug().addKeyValue("error", e.toString()).log("taken, trying another");
            }
        }
    }

    @Override
    public void close() {
        try (network;
                kafka) {
            registry.close();
        }
    }
}
