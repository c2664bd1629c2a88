package dev.troupe.cli.bench.stream;

import dev.troupe.cli.files.Directories;
import dev.troupe.local.LocalCluster;
import dev.troupe.reward.RewardService;
import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.reward.coordinator.StreamsSettings;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, a registry and a reward service of their own, in this process and in a directory that goes with them. The
 * service is the production one; only settings differ.
 */
final class Stage implements AutoCloseable {

    /** The coordinator's application, in the names of its threads. */
    static final String APPLICATION = "bench-coordinator";

    private static final Logger LOGGER = LoggerFactory.getLogger(Stage.class);

    private final Path directory;
    private final LocalCluster cluster;
    private final Settings settings;
    private final KafkaClients clients;
    /** Apart from the service's, so that load and service do not wait for each other's codec. */
    private final KafkaClients load;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final RewardService reward;

    private Stage(Path directory, LocalCluster cluster, Map<String, String> all) {
        this.directory = directory;
        this.cluster = cluster;
        this.settings = Settings.of(all);
        this.clients = new KafkaClients(settings);
        this.load = new KafkaClients(Settings.of(all));
        this.reward = new RewardService(settings, clients, meters);
    }

    /** @param given settings on top of the benchmark's */
    static Stage open(Map<String, String> given) throws IOException {
        Path directory = Files.createTempDirectory("troupe-bench");
        LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
        var all = new TreeMap<>(Map.of(
                "coordinator.application.id", APPLICATION,
                "coordinator.state.dir", directory.resolve("streams").toString(),
                // Nothing trains here: the pacing must not hold a task back, nor a deadline deal one again.
                "train.groups.per.step", "65536",
                "train.max.staleness", "65536",
                "coordinator.turn.timeout", "2h",
                "coordinator.judge.timeout", "2h",
                "coordinator.group.timeout", "2h",
                "judge.sandbox", "off"));
        all.putAll(cluster.settings());
        // Nobody here looks at weights.
        all.remove("artifacts.dir");
        all.putAll(given);
        Stage stage = new Stage(directory, cluster, all);
        try {
            stage.settings.check();
            stage.reward.start();
            return stage;
        } catch (RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    /** Clients for whatever puts the service under load. */
    KafkaClients clients() {
        return load;
    }

    Path directory() {
        return directory;
    }

    /** The coordinator's own settings for Kafka Streams. */
    Properties streams() {
        return StreamsSettings.of(clients.streams(APPLICATION), CoordinatorOptions.from(settings));
    }

    /** Settings of a service beside this one. */
    Settings with(Map<String, String> more) {
        var all = new TreeMap<>(cluster.settings());
        all.putAll(more);
        return Settings.of(all);
    }

    /**
     * Makes sure that nothing but scored episodes came of the load.
     *
     * @throws IOException when episodes ended otherwise or records were refused
     */
    void requireCleanRun() throws IOException {
        double unscored = count("troupe.coordinator.episodes") - scored();
        double letters = count("troupe.coordinator.dead.letters");
        if (unscored > 0 || letters > 0) {
            throw new IOException(
                    "%.0f episodes ended without a score and %.0f records were refused: this measures nothing"
                            .formatted(unscored, letters));
        }
    }

    private double scored() {
        return meters.find("troupe.coordinator.episodes").tag("status", "scored").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private double count(String name) {
        return meters.find(name).counters().stream().mapToDouble(Counter::count).sum();
    }

    @Override
    public void close() {
        try (cluster;
                load;
                clients;
                reward) {
            LOGGER.atInfo().log("closing");
        }
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
