package dev.troupe.agent;

import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/** The whole agent on a broker of its own, and all that it has said. */
public final class RunningAgent implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Action> actions = new CopyOnWriteArrayList<>();
    private final List<ModelActivation> activations = new CopyOnWriteArrayList<>();
    private final LocalCluster cluster;
    private final KafkaClients clients;
    private final TopicWriter writer;
    private final TopicReader<Action> actionReader;
    private final TopicReader<ModelActivation> activationReader;
    private final AgentService agent;

    /** @param own settings beside those of the cluster */
    public RunningAgent(Path directory, Map<String, String> own, MeterRegistry meters) {
        cluster = LocalCluster.start(directory, 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        writer = new TopicWriter(clients, "test");
        actionReader = new TopicReader<>(clients, "test", TopicCatalog.ACTIONS, row -> actions.add(row.value()));
        activationReader =
                new TopicReader<>(clients, "test", TopicCatalog.MODEL_ACTIVATIONS, row -> activations.add(row.value()));
        actionReader.start();
        activationReader.start();
        var settings = new TreeMap<>(cluster.settings());
        settings.putAll(own);
        agent = new AgentService(Settings.of(settings), clients, meters);
        agent.start();
        await().atMost(PATIENCE).until(agent::ready);
    }

    /** Puts the files of a version in the store that the agent reads; the answer is the version with its artifact. */
    public ModelVersion store(Path files, ModelVersion version) throws ArtifactException {
        Artifact artifact = new FileArtifacts(Path.of(cluster.settings().get("artifacts.dir")))
                .publish(files, version.getPolicyId());
        return ModelVersion.newBuilder(version)
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .build();
    }

    public void announce(ModelVersion version) throws Exception {
        write(TopicCatalog.MODEL_VERSIONS, version);
    }

    public void route(ModelRoute route) throws Exception {
        write(TopicCatalog.MODEL_ROUTES, route);
    }

    public void send(Turn turn) throws Exception {
        write(TopicCatalog.TURNS, turn);
    }

    private <T extends SpecificRecord> void write(Topic<T> topic, T value) throws Exception {
        writer.send(topic, topic.keyOf(value), value).get(30, TimeUnit.SECONDS);
    }

    public void awaitActivation(String policyId, int number) {
        await().atMost(PATIENCE)
                .until(() -> activations(policyId).stream().anyMatch(row -> row.getVersion() == number));
    }

    public List<ModelActivation> activations(String policyId) {
        return activations.stream()
                .filter(row -> row.getPolicyId().equals(policyId))
                .toList();
    }

    public List<Action> actions(String policyId) {
        return actions.stream()
                .filter(action -> action.getPolicyId().equals(policyId))
                .toList();
    }

    public Action action(String policyId, String taskId) {
        return actions(policyId).stream()
                .filter(action -> action.getTaskId().equals(taskId))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        agent.close();
        actionReader.close();
        activationReader.close();
        writer.close();
        clients.close();
        cluster.close();
    }
}
