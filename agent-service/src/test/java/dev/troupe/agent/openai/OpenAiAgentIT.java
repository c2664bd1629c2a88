package dev.troupe.agent.openai;

import static dev.troupe.agent.RunningAgent.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.agent.RunningAgent;
import dev.troupe.agent.TestTurns;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.TreeMap;
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
    private Fleet fleet;
    private RunningAgent agent;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fleet = new Fleet(directory.resolve("fleet"), 2);
        var own = new TreeMap<String, String>();
        own.put("agent.id", "agent-openai");
        own.put("agent.policy", "openai");
        own.put("agent.pinned.versions", "0");
        own.put(
                "agent.openai.base.urls",
                fleet.fake(0).url() + "," + fleet.fake(1).url());
        own.put("agent.openai.model", FakeVllm.BASE);
        own.put("agent.openai.tokenizer", fleet.base().toString());
        own.put("agent.openai.retry.backoff", "10ms");
        agent = new RunningAgent(directory.resolve("cluster"), own, new SimpleMeterRegistry());
    }

    @AfterAll
    void stop() {
        agent.close();
        fleet.close();
    }

    @Test
    void swapsAdaptersWithoutDroppingATurnAndTakesTheOldAway() throws Exception {
        publish(fleet.adapter(1));
        agent.awaitActivation(Fleet.POLICY, 1);
        for (int i = 0; i < 60; i++) {
            agent.send(turn("swap-" + i, i));
            if (i == 20) {
                publish(fleet.adapter(2));
            }
            if (i == 40) {
                fleet.fake(0).restart();
            }
        }
        agent.awaitActivation(Fleet.POLICY, 2);
        agent.send(turn("swap-after", 1));
        agent.send(Turn.newBuilder(turn("nucleus", 1))
                .setSampling(new Sampling(1.0, 0.5, 0, 8))
                .build());
        await().atMost(PATIENCE).until(() -> agent.actions(Fleet.POLICY).size() >= 62);

        assertThat(agent.activations(Fleet.POLICY))
                .allSatisfy(row -> assertThat(row.getStatus()).isEqualTo(ActivationStatus.ACTIVE));
        assertThat(agent.actions(Fleet.POLICY).stream().map(Action::getTaskId).distinct())
                .hasSize(62);
        assertThat(agent.actions(Fleet.POLICY))
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

    private void publish(ModelVersion version) throws Exception {
        agent.announce(agent.store(Path.of(Fleet.path(version)), version));
    }

    private Action action(String taskId) {
        return agent.action(Fleet.POLICY, taskId);
    }
}
