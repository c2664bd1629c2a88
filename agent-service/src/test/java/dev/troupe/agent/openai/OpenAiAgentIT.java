package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.agent.AgentService;
import dev.troupe.agent.TestTurns;
import dev.troupe.local.LocalCluster;
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
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent, between a real broker and two fake servers. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiAgentIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Action> actions = new CopyOnWriteArrayList<>();
    private final List<ModelActivation> activations = new CopyOnWriteArrayList<>();
    private Fleet fleet;
    private LocalCluster cluster;
    private KafkaClients clients;
    private TopicWriter writer;
    private TopicReader<Action> actionReader;
    private TopicReader<ModelActivation> activationReader;
    private AgentService agent;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fleet = new Fleet(directory.resolve("fleet"), 2);
        cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        writer = new TopicWriter(clients, "test");
        actionReader = new TopicReader<>(clients, "test", TopicCatalog.ACTIONS, row -> actions.add(row.value()));
        activationReader =
                new TopicReader<>(clients, "test", TopicCatalog.MODEL_ACTIVATIONS, row -> activations.add(row.value()));
        actionReader.start();
        activationReader.start();
        var settings = new TreeMap<>(cluster.settings());
        settings.put("agent.id", "agent-openai");
        settings.put("agent.policy", "openai");
        settings.put("agent.pinned.versions", "0");
        settings.put(
                "agent.openai.base.urls",
                fleet.fake(0).url() + "," + fleet.fake(1).url());
        settings.put("agent.openai.model", FakeVllm.BASE);
        settings.put("agent.openai.tokenizer", fleet.base().toString());
        settings.put("agent.openai.retry.backoff", "10ms");
        agent = new AgentService(Settings.of(settings), clients, new SimpleMeterRegistry());
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
        fleet.close();
    }

    @Test
    void swapsAdaptersWithoutDroppingATurnAndTakesTheOldAway() throws Exception {
        publish(fleet.adapter(1));
        awaitActivation(1);
        for (int i = 0; i < 60; i++) {
            send(turn("swap-" + i, i));
            if (i == 20) {
                publish(fleet.adapter(2));
            }
            if (i == 40) {
                fleet.fake(0).restart();
            }
        }
        awaitActivation(2);
        send(turn("swap-after", 1));
        send(Turn.newBuilder(turn("nucleus", 1))
                .setSampling(new Sampling(1.0, 0.5, 0, 8))
                .build());
        await().atMost(PATIENCE).until(() -> actions.size() >= 62);

        assertThat(activations).allSatisfy(row -> assertThat(row.getStatus()).isEqualTo(ActivationStatus.ACTIVE));
        assertThat(actions.stream().map(Action::getTaskId).distinct()).hasSize(62);
        assertThat(actions)
                .filteredOn(action -> !action.getTaskId().equals("nucleus"))
                .allSatisfy(action -> {
                    assertThat(action.getFinishReason()).isNotEqualTo(FinishReason.REFUSED);
                    assertThat(action.getLogprobs()).hasSameSizeAs(action.getTokenIds());
                    assertThat(action.getVersions()).hasSize(1);
                });
        assertThat(action("swap-after").getVersions().getFirst().getVersion()).isEqualTo(2);
        assertThat(action("nucleus").getFinishReason()).isEqualTo(FinishReason.REFUSED);
        assertThat(action("nucleus").getRefusal()).startsWith("UNUSABLE_COMPLETION: LOGPROBS_MODE");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.fakes)
                        .allSatisfy(
                                fake -> assertThat(fake.adapters().keySet()).noneMatch(name -> name.contains("-v1-"))));
    }

    private static Turn turn(String taskId, long seed) {
        return TestTurns.turn(Fleet.POLICY, taskId, seed);
    }

    /** In the store that the agent reads. */
    private void publish(ModelVersion version) throws Exception {
        Artifact artifact = new FileArtifacts(Path.of(cluster.settings().get("artifacts.dir")))
                .publish(Path.of(Fleet.path(version)), Fleet.POLICY);
        ModelVersion stored = ModelVersion.newBuilder(version)
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .build();
        writer.send(TopicCatalog.MODEL_VERSIONS, Fleet.POLICY, stored).get(30, TimeUnit.SECONDS);
    }

    private void send(Turn turn) throws Exception {
        writer.send(TopicCatalog.TURNS, turn.getTaskId(), turn).get(30, TimeUnit.SECONDS);
    }

    private void awaitActivation(int number) {
        await().atMost(PATIENCE).until(() -> activations.stream().anyMatch(row -> row.getVersion() == number));
    }

    private Action action(String taskId) {
        return actions.stream()
                .filter(action -> action.getTaskId().equals(taskId))
                .findFirst()
                .orElseThrow();
    }
}
