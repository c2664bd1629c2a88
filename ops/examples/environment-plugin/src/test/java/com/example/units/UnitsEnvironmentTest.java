package com.example.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnitsEnvironmentTest {

    private static final Map<String, String> FIELDS = Map.of("value", "5", "factor", "1000", "unit", "m");

    private final UnitsEnvironment environment = new UnitsEnvironment();

    @Test
    void bothRolesAreAsked() throws Exception {
        assertThat(environment.begin(task(FIELDS)))
                .extracting(observation -> observation.getRole())
                .containsExactly("proposer", "checker");
    }

    @Test
    void aTaskThatCannotBeJudgedIsRefusedAtOnce() {
        assertThatThrownBy(() -> environment.begin(task(Map.of("value", "5", "factor", "1e999", "unit", "m"))))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessage("fields.factor is '1e999', it must be a finite number");
        assertThatThrownBy(() -> environment.begin(task(Map.of("value", "5"))))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageStartingWith("fields.factor is missing");
    }

    @Test
    void rightAndAgreedIsAllThereIs() {
        Score score = judge("5 km are 5000 m.\nanswer: 5000 m", "factor: 1000.0");

        assertThat(score.getQuality()).isEqualTo(1);
        assertThat(score.getPassed()).isTrue();
    }

    @Test
    void aRightAnswerThatTheCheckerContradictsHasNotPassed() {
        Score score = judge("answer: 5000 m", "factor: 100");

        assertThat(score.getQuality()).isEqualTo(0.7);
        assertThat(score.getPassed()).isFalse();
    }

    @Test
    void tricksAreWorthNoMoreThanAnHonestFailure() {
        double honest = judge("answer: 4000 m", "factor: 1000").getQuality();

        assertThat(judge("answer: 5000 m\nanswer: 4000 m", "factor: 1000").getQuality())
                .isEqualTo(honest);
        assertThat(judge("answer: 1 m answer: 5000 m", "factor: 1000").getQuality())
                .isZero();
        assertThat(judge("answer: NaN m", "factor: 1000").getQuality()).isZero();
        assertThat(judge("", "").getQuality()).isZero();
    }

    private Score judge(String proposer, String checker) {
        Step step = new Step(
                task(FIELDS),
                0,
                0,
                List.of(List.of(action("proposer", proposer), action("checker", checker))),
                List.of());
        return environment.judge(step, () -> {
                            throw new AssertionError("no program is run");
                        })
                        instanceof Outcome.Scored(Score score)
                ? score
                : new Score();
    }

    private static Task task(Map<String, String> fields) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("units")
                .setPrompt("How many metres are 5 km?")
                .setFields(fields)
                .build();
    }

    private static Action action(String role, String text) {
        return Action.newBuilder()
                .setTaskId("t")
                .setEpisode(0)
                .setTurn(0)
                .setRole(role)
                .setAgentId("agent")
                .setPolicyId("team")
                .setText(text)
                .setPromptTokenIds(List.of())
                .setTokenIds(List.of())
                .setLogprobs(List.of())
                .setTemperature(1)
                .setVersions(List.of())
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }
}
