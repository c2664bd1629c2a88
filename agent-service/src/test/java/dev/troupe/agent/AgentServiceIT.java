package dev.troupe.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.policy.BpePieces;
import dev.troupe.policy.BpeTrainer;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The agent against a real broker, with tiny policies; each test has a policy of its own. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentServiceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private LocalCluster cluster;
    private KafkaClients clients;
    private TopicWriter writer;
    private AgentService agent;
    private TopicReader<Action> actionReader;
    private TopicReader<ModelActivation> activationReader;
    private Path home;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Action> actions = new CopyOnWriteArrayList<>();
    private final List<ModelActivation> activations = new CopyOnWriteArrayList<>();

    @BeforeAll
    void start(@TempDir Path directory) {
        home = directory;
        cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        writer = new TopicWriter(clients, "test");
        actionReader = new TopicReader<>(clients, "test", TopicCatalog.ACTIONS, row -> actions.add(row.value()));
        activationReader =
                new TopicReader<>(clients, "test", TopicCatalog.MODEL_ACTIVATIONS, row -> activations.add(row.value()));
        actionReader.start();
        activationReader.start();
        var settings = new TreeMap<>(cluster.settings());
        settings.put("agent.id", "agent-it");
        settings.put("agent.policy.wait", "1s");
        agent = new AgentService(Settings.of(settings), clients, meters);
        agent.start();
        await().atMost(PATIENCE).until(agent::ready);
    }

    @AfterAll
    void stop() {
        agent.close();
        actionReader.close();
        activationReader.close();
        writer.close();
        clients.close();
        cluster.close();
    }

    @Test
    void swapsVersionsWithoutDroppingATurn() throws Exception {
        publish("swap", 0);
        awaitActivation("swap", 0);
        for (int i = 0; i < 60; i++) {
            send(TestTurns.turn("swap", "swap-" + i, i));
            if (i == 20) {
                publish("swap", 1);
            }
        }
        awaitActivation("swap", 1);
        send(TestTurns.turn("swap", "swap-after", 1));
        await().atMost(PATIENCE).until(() -> actions("swap").size() >= 61);

        assertThat(actions("swap").stream().map(Action::getTaskId).distinct()).hasSize(61);
        assertThat(actions("swap")).allSatisfy(action -> {
            assertThat(action.getFinishReason()).isNotEqualTo(FinishReason.REFUSED);
            assertThat(action.getLogprobs()).hasSameSizeAs(action.getTokenIds());
            assertThat(action.getVersions()).hasSize(1);
            VersionSpan span = action.getVersions().getFirst();
            assertThat(span.getStart()).isZero();
            assertThat(span.getEnd()).isEqualTo(action.getTokenIds().size());
        });
        assertThat(version(action("swap", "swap-after"))).isEqualTo(1);
        assertThat(activations("swap").getLast().getPrevious()).isZero();
    }

    @Test
    void playsAPinnedOldVersionWithTheSameDraws() throws Exception {
        publish("pinned", 0);
        awaitActivation("pinned", 0);
        send(TestTurns.turn("pinned", "newest-0", 42));
        await().atMost(PATIENCE).until(() -> actions("pinned").size() == 1);
        for (int i = 1; i <= 5; i++) {
            publish("pinned", i);
            awaitActivation("pinned", i);
        }
        // More versions have come than are kept in memory: version 0 is loaded again.
        send(Turn.newBuilder(TestTurns.turn("pinned", "pinned-0", 42))
                .setPolicyVersion(0)
                .build());
        send(TestTurns.turn("pinned", "newest-5", 42));
        await().atMost(PATIENCE).until(() -> actions("pinned").size() == 3);

        Action first = action("pinned", "newest-0");
        Action again = action("pinned", "pinned-0");
        assertThat(version(again)).isZero();
        assertThat(again.getTokenIds()).isEqualTo(first.getTokenIds());
        assertThat(again.getLogprobs()).isEqualTo(first.getLogprobs());
        assertThat(version(action("pinned", "newest-5"))).isEqualTo(5);
    }

    @Test
    void servesWhatAPersonPinsAndThenTheNewestAgain() throws Exception {
        // Given
        ModelVersion first = stored("routed", 0);
        announce(first);
        publish("routed", 1);
        awaitActivation("routed", 1);

        // When
        route("routed", first);
        await().atMost(PATIENCE).until(() -> activations("routed").getLast().getVersion() == 0);
        send(TestTurns.turn("routed", "routed-pinned", 1));
        publish("routed", 2);
        await().atMost(PATIENCE).until(() -> actions("routed").size() == 1);
        route("routed", null);
        awaitActivation("routed", 2);
        send(TestTurns.turn("routed", "routed-newest", 1));
        await().atMost(PATIENCE).until(() -> actions("routed").size() == 2);

        // Then
        assertThat(version(action("routed", "routed-pinned"))).isZero();
        assertThat(version(action("routed", "routed-newest"))).isEqualTo(2);
    }

    private void route(String policyId, ModelVersion version) throws Exception {
        var route = ModelRoute.newBuilder()
                .setPolicyId(policyId)
                .setVersion(version)
                .setRoutedAt(0)
                .build();
        writer.send(TopicCatalog.MODEL_ROUTES, policyId, route).get(30, TimeUnit.SECONDS);
    }

    @Test
    void refusesACorruptArtifactAndServesOn() throws Exception {
        publish("corrupt", 0);
        awaitActivation("corrupt", 0);
        ModelVersion bad = stored("corrupt", 1);
        Path weights = Path.of(URI.create(bad.getArtifactUri())).resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 1;
        Files.write(weights, bytes);
        announce(bad);
        awaitActivation("corrupt", 1);

        assertThat(activations("corrupt").getLast().getStatus()).isEqualTo(ActivationStatus.REFUSED);
        assertThat(activations("corrupt").getLast().getReason()).contains("ARTIFACT", "WRONG_DIGEST");
        send(TestTurns.turn("corrupt", "newest", 1));
        send(Turn.newBuilder(TestTurns.turn("corrupt", "bad", 1))
                .setPolicyVersion(1)
                .build());
        send(Turn.newBuilder(TestTurns.turn("corrupt", "unknown", 1))
                .setPolicyVersion(99)
                .build());
        send(TestTurns.with("corrupt", "too long", "word ".repeat(400)));
        await().atMost(PATIENCE).until(() -> actions("corrupt").size() == 4);
        assertThat(version(action("corrupt", "newest"))).isZero();
        assertThat(action("corrupt", "bad").getRefusal()).startsWith("REFUSED_VERSION");
        assertThat(action("corrupt", "unknown").getRefusal()).startsWith("UNKNOWN_VERSION");
        assertThat(action("corrupt", "too long").getRefusal()).startsWith("PROMPT_TOO_LONG");
    }

    @Test
    void keepsTurnsUntilTheirPolicyComesAndDropsThoseThatCameTooLate() throws Exception {
        send(Turn.newBuilder(TestTurns.turn("late", "expired", 1))
                .setDeadlineAt(1)
                .build());
        send(TestTurns.turn("late", "early", 1));
        await().atMost(PATIENCE)
                .until(() -> meters.counter("troupe.agent.turns", "outcome", "expired")
                                .count()
                        >= 1);
        publish("late", 0);
        await().atMost(PATIENCE).until(() -> !actions("late").isEmpty());
        assertThat(actions("late")).extracting(Action::getTaskId).containsOnly("early");
    }

    private void publish(String policyId, int number) throws Exception {
        announce(stored(policyId, number));
    }

    private ModelVersion stored(String policyId, int number) throws Exception {
        Path directory = Files.createDirectories(home.resolve(policyId + number));
        int vocabulary = new BpeTrainer(280, BpePieces.WORDS).train(List.of("hello hello world"), directory);
        var config = new DecoderConfig(
                vocabulary,
                16,
                32,
                1,
                2,
                1,
                8,
                1e-5,
                10_000,
                512,
                true,
                List.of(vocabulary - 1),
                OptionalInt.empty(),
                OptionalInt.of(vocabulary - 3));
        try (TrainablePolicy policy = TrainablePolicy.initialize(config, number)) {
            policy.save(directory);
        }
        Artifact artifact =
                new FileArtifacts(Path.of(cluster.settings().get("artifacts.dir"))).publish(directory, policyId);
        return ModelVersion.newBuilder()
                .setPolicyId(policyId)
                .setVersion(number)
                .setTeamId("team")
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .setTrainingStep(number)
                .setCreatedAt(0)
                .build();
    }

    private void announce(ModelVersion version) throws Exception {
        writer.send(TopicCatalog.MODEL_VERSIONS, version.getPolicyId(), version).get(30, TimeUnit.SECONDS);
    }

    private void send(Turn turn) throws Exception {
        writer.send(TopicCatalog.TURNS, turn.getTaskId(), turn).get(30, TimeUnit.SECONDS);
    }

    private void awaitActivation(String policyId, int number) {
        await().atMost(PATIENCE)
                .until(() -> activations(policyId).stream().anyMatch(row -> row.getVersion() == number));
    }

    private List<ModelActivation> activations(String policyId) {
        return activations.stream()
                .filter(row -> row.getPolicyId().equals(policyId))
                .toList();
    }

    private List<Action> actions(String policyId) {
        return actions.stream()
                .filter(action -> action.getPolicyId().equals(policyId))
                .toList();
    }

    private Action action(String policyId, String taskId) {
        return actions(policyId).stream()
                .filter(action -> action.getTaskId().equals(taskId))
                .findFirst()
                .orElseThrow();
    }

    private static int version(Action action) {
        return action.getVersions().getFirst().getVersion();
    }
}
