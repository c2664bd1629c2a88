package dev.troupe.agent;

import static dev.troupe.agent.RunningAgent.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.policy.BpePieces;
import dev.troupe.policy.BpeTrainer;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Path home;
    private RunningAgent agent;

    @BeforeAll
    void start(@TempDir Path directory) {
        home = directory;
        var own = Map.of("agent.id", "agent-it", "agent.policy.wait", "1s");
        agent = new RunningAgent(directory.resolve("cluster"), own, meters);
    }

    @AfterAll
    void stop() {
        agent.close();
    }

    @Test
    void swapsVersionsWithoutDroppingATurn() throws Exception {
        publish("swap", 0);
        agent.awaitActivation("swap", 0);
        for (int i = 0; i < 60; i++) {
            agent.send(TestTurns.turn("swap", "swap-" + i, i));
            if (i == 20) {
                publish("swap", 1);
            }
        }
        agent.awaitActivation("swap", 1);
        agent.send(TestTurns.turn("swap", "swap-after", 1));
        await().atMost(PATIENCE).until(() -> agent.actions("swap").size() >= 61);

        assertThat(agent.actions("swap").stream().map(Action::getTaskId).distinct())
                .hasSize(61);
        assertThat(agent.actions("swap")).allSatisfy(action -> {
            assertThat(action.getFinishReason()).isNotEqualTo(FinishReason.REFUSED);
            assertThat(action.getLogprobs()).hasSameSizeAs(action.getTokenIds());
            assertThat(action.getVersions()).hasSize(1);
            VersionSpan span = action.getVersions().getFirst();
            assertThat(span.getStart()).isZero();
            assertThat(span.getEnd()).isEqualTo(action.getTokenIds().size());
        });
        assertThat(version(agent.action("swap", "swap-after"))).isEqualTo(1);
        assertThat(agent.activations("swap").getLast().getPrevious()).isZero();
    }

    @Test
    void playsAPinnedOldVersionWithTheSameDraws() throws Exception {
        publish("pinned", 0);
        agent.awaitActivation("pinned", 0);
        agent.send(TestTurns.turn("pinned", "newest-0", 42));
        await().atMost(PATIENCE).until(() -> agent.actions("pinned").size() == 1);
        for (int i = 1; i <= 5; i++) {
            publish("pinned", i);
            agent.awaitActivation("pinned", i);
        }
        // More versions have come than are kept in memory: version 0 is loaded again.
        agent.send(Turn.newBuilder(TestTurns.turn("pinned", "pinned-0", 42))
                .setPolicyVersion(0)
                .build());
        agent.send(TestTurns.turn("pinned", "newest-5", 42));
        await().atMost(PATIENCE).until(() -> agent.actions("pinned").size() == 3);

        Action first = agent.action("pinned", "newest-0");
        Action again = agent.action("pinned", "pinned-0");
        assertThat(version(again)).isZero();
        assertThat(again.getTokenIds()).isEqualTo(first.getTokenIds());
        assertThat(again.getLogprobs()).isEqualTo(first.getLogprobs());
        assertThat(version(agent.action("pinned", "newest-5"))).isEqualTo(5);
    }

    @Test
    void servesWhatAPersonPinsAndThenTheNewestAgain() throws Exception {
        // Given
        ModelVersion first = stored("routed", 0);
        agent.announce(first);
        publish("routed", 1);
        agent.awaitActivation("routed", 1);

        // When
        route("routed", first);
        await().atMost(PATIENCE)
                .until(() -> agent.activations("routed").getLast().getVersion() == 0);
        agent.send(TestTurns.turn("routed", "routed-pinned", 1));
        publish("routed", 2);
        await().atMost(PATIENCE).until(() -> agent.actions("routed").size() == 1);
        route("routed", null);
        agent.awaitActivation("routed", 2);
        agent.send(TestTurns.turn("routed", "routed-newest", 1));
        await().atMost(PATIENCE).until(() -> agent.actions("routed").size() == 2);

        // Then
        assertThat(version(agent.action("routed", "routed-pinned"))).isZero();
        assertThat(version(agent.action("routed", "routed-newest"))).isEqualTo(2);
    }

    private void route(String policyId, ModelVersion version) throws Exception {
        var route = ModelRoute.newBuilder()
                .setPolicyId(policyId)
                .setVersion(version)
                .setRoutedAt(0)
                .build();
        agent.route(route);
    }

    @Test
    void refusesACorruptArtifactAndServesOn() throws Exception {
        publish("corrupt", 0);
        agent.awaitActivation("corrupt", 0);
        ModelVersion bad = stored("corrupt", 1);
        Path weights = Path.of(URI.create(bad.getArtifactUri())).resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 1;
        Files.write(weights, bytes);
        agent.announce(bad);
        agent.awaitActivation("corrupt", 1);

        assertThat(agent.activations("corrupt").getLast().getStatus()).isEqualTo(ActivationStatus.REFUSED);
        assertThat(agent.activations("corrupt").getLast().getReason()).contains("ARTIFACT", "WRONG_DIGEST");
        assertThat(agent.activations("corrupt").getLast().getServing()).containsEntry("corrupt", 0);
        agent.send(TestTurns.turn("corrupt", "newest", 1));
        agent.send(Turn.newBuilder(TestTurns.turn("corrupt", "bad", 1))
                .setPolicyVersion(1)
                .build());
        agent.send(Turn.newBuilder(TestTurns.turn("corrupt", "unknown", 1))
                .setPolicyVersion(99)
                .build());
        agent.send(TestTurns.with("corrupt", "too long", "word ".repeat(400)));
        await().atMost(PATIENCE).until(() -> agent.actions("corrupt").size() == 4);
        assertThat(version(agent.action("corrupt", "newest"))).isZero();
        assertThat(agent.action("corrupt", "bad").getRefusal()).startsWith("REFUSED_VERSION");
        assertThat(agent.action("corrupt", "unknown").getRefusal()).startsWith("UNKNOWN_VERSION");
        assertThat(agent.action("corrupt", "too long").getRefusal()).startsWith("PROMPT_TOO_LONG");
    }

    @Test
    void keepsTurnsUntilTheirPolicyComesAndDropsThoseThatCameTooLate() throws Exception {
        agent.send(Turn.newBuilder(TestTurns.turn("late", "expired", 1))
                .setDeadlineAt(1)
                .build());
        agent.send(TestTurns.turn("late", "early", 1));
        await().atMost(PATIENCE)
                .until(() -> meters.counter("troupe.agent.turns", "outcome", "expired")
                                .count()
                        >= 1);
        publish("late", 0);
        await().atMost(PATIENCE).until(() -> !agent.actions("late").isEmpty());
        assertThat(agent.actions("late")).extracting(Action::getTaskId).containsOnly("early");
    }

    private void publish(String policyId, int number) throws Exception {
        agent.announce(stored(policyId, number));
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
        var version = ModelVersion.newBuilder()
                .setPolicyId(policyId)
                .setVersion(number)
                .setTeamId("team")
                .setArtifactUri("")
                .setFiles(List.of())
                .setTrainingStep(number)
                .setCreatedAt(0)
                .build();
        return agent.store(directory, version);
    }

    private static int version(Action action) {
        return action.getVersions().getFirst().getVersion();
    }
}
