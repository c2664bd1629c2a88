package dev.troupe.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.agent.FakePolicy;
import dev.troupe.agent.TestTurns;
import dev.troupe.agent.policy.PolicyRegistry;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnPlayerTest {
    private static final Instant TAKEN = Instant.ofEpochMilli(1000);
    private static final Instant NOW = Instant.ofEpochMilli(1500);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TurnPlayer player = new TurnPlayer("agent-1", 16, new TurnMetrics(meters), () -> NOW);

    @Test
    void recordsTokensVersionTimesAndMessages() throws Exception {
        String completion = "@main hi\nreturn 1";
        PlayedTurn played = play(completion, TestTurns.turn("p", "t", 1)).getFirst();

        Action action = played.action();
        assertThat(action.getText()).isEqualTo("return 1");
        assertThat(action.getTokenIds()).hasSize(completion.length());
        assertThat(action.getLogprobs()).hasSize(completion.length());
        assertThat(action.getVersions()).containsExactly(new VersionSpan(7, 0, completion.length()));
        assertThat(action.getFinishReason()).isEqualTo(FinishReason.STOP);
        assertThat(action.getAgentId()).isEqualTo("agent-1");
        assertThat(action.getStartedAt()).isEqualTo(1000);
        assertThat(action.getFinishedAt()).isEqualTo(1500);
        assertThat(action.getMessageCount()).isEqualTo(1);
        Message message = played.messages().getFirst();
        assertThat(message.getFrom()).isEqualTo("helper");
        assertThat(message.getTo()).isEqualTo("main");
        assertThat(message.getContent()).isEqualTo("hi");
        assertThat(message.getTokens()).isEqualTo(2);
    }

    @Test
    void refusesWhatCannotBePlayedAndPlaysTheRest() throws Exception {
        Turn tooLong = TestTurns.with("p", "long", "x".repeat(32));
        Turn empty = Turn.newBuilder(TestTurns.turn("p", "empty", 1))
                .setPrompt(List.of())
                .build();
        Turn invalid = Turn.newBuilder(TestTurns.turn("p", "invalid", 1))
                .setSampling(new Sampling(-1.0, 1.0, 0, 8))
                .build();
        List<Action> actions = play("ok", tooLong, empty, TestTurns.turn("p", "good", 1), invalid).stream()
                .map(PlayedTurn::action)
                .toList();
        assertThat(actions).hasSize(4);
        assertThat(refusal(actions, "long")).startsWith("PROMPT_TOO_LONG");
        assertThat(refusal(actions, "empty")).startsWith("INVALID_TURN");
        assertThat(refusal(actions, "invalid")).startsWith("INVALID_TURN").contains("temperature");
        assertThat(of(actions, "good").getRefusal()).isNull();
        assertThat(meters.get(TurnMetrics.REFUSALS)
                        .tag("reason", "INVALID_TURN")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    private static String refusal(List<Action> actions, String taskId) {
        Action action = of(actions, taskId);
        assertThat(action.getFinishReason()).isEqualTo(FinishReason.REFUSED);
        assertThat(action.getTokenIds()).isEmpty();
        return String.valueOf(action.getRefusal());
    }

    private static Action of(List<Action> actions, String taskId) {
        return actions.stream()
                .filter(action -> action.getTaskId().equals(taskId))
                .findFirst()
                .orElseThrow();
    }

    private List<PlayedTurn> play(String completion, Turn... turns) throws Exception {
        try (var registry = new PolicyRegistry(0)) {
            var version = ModelVersion.newBuilder()
                    .setPolicyId("p")
                    .setVersion(7)
                    .setTeamId("team")
                    .setArtifactUri("file:///p/7")
                    .setFiles(List.of())
                    .setTrainingStep(7)
                    .setCreatedAt(0)
                    .build();
            registry.activate(version, new FakePolicy(completion));
            var played = new ArrayList<PlayedTurn>();
            for (Turn turn : turns) {
                switch (player.begin(registry.lease("p").orElseThrow(), turn, TAKEN)) {
                    case Begun.Playing playing ->
                        played.add(player.played(playing, playing.sampled().get()));
                    case Begun.Refused(PlayedTurn refused) -> played.add(refused);
                }
            }
            return played;
        }
    }
}
