package dev.troupe.reward.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.Steps;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void bothEnvironmentsAreInstalled() {
        assertThat(Environments.load().names()).contains("coding", "writing");
    }

    @Test
    void anUnknownEnvironmentIsUnscorable() throws Exception {
        Judgement judgement = judge(() -> null).judge(step("nowhere"));

        assertThat(judgement.getUnscorable()).isEqualTo("UNKNOWN_ENVIRONMENT: 'nowhere' is not one of [odd]");
        assertThat(judgement.getScore()).isNull();
        assertThat(judgement.getTaskId()).isEqualTo("t");
        assertThat(judgement.getJudgedBy()).isEqualTo("judge-1");
    }

    @Test
    void whatAnEnvironmentThrowsIsContained() throws Exception {
        Judge judge = judge(() -> {
            throw new IllegalStateException("bug");
        });

        assertThat(judge.judge(step("odd")).getUnscorable())
                .isEqualTo("ENVIRONMENT_FAILED: odd: java.lang.IllegalStateException: bug");
        assertThat(meters.get(JudgeMetrics.TIME)
                        .tags("environment", "odd", "outcome", "environment-failed")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aLostSandboxIsNoJudgement() {
        Judge judge = judge(() -> new Unscorable(UnscorableReason.SANDBOX_UNAVAILABLE, "gone"));

        assertThatThrownBy(() -> judge.judge(step("odd"))).isInstanceOf(SandboxLostException.class);
    }

    @Test
    void withoutASandboxByConfigurationTheStepIsRefusedAndNotRetried() throws Exception {
        Judge judge = judge(() -> {
            throw new SandboxOffException();
        });

        assertThat(judge.judge(step("odd")).getUnscorable())
                .isEqualTo("SANDBOX_OFF: odd: judge.sandbox is off, so no program is run here;"
                        + " set it to auto to judge such tasks");
    }

    @Test
    void nextObservationsAreHandedOn() throws Exception {
        var observation = new RoleObservation("a", List.of());

        Judgement judgement =
                judge(() -> new Outcome.Continue(List.of(observation))).judge(step("odd"));

        assertThat(judgement.getObservations()).containsExactly(observation);
        assertThat(judgement.getUnscorable()).isNull();
    }

    private Judge judge(Supplier<Outcome> outcome) {
        return new Judge(
                "judge-1",
                Environments.of(List.of(new OddEnvironment(outcome))),
                program -> {
                    throw new IllegalStateException("no sandbox here");
                },
                new JudgeMetrics(meters));
    }

    private static Step step(String environment) {
        Task task = Task.newBuilder()
                .setTaskId("t")
                .setEnvironment(environment)
                .setPrompt("p")
                .build();
        return Steps.of(task, List.of(), Map.of("a", "text"));
    }

    private record OddEnvironment(Supplier<Outcome> outcome) implements Environment {
        @Override
        public String name() {
            return "odd";
        }

        @Override
        public List<String> roles(Task task) {
            return List.of("a");
        }

        @Override
        public List<RoleObservation> begin(Task task) {
            return List.of();
        }

        @Override
        public RewardWeights weights() {
            return new RewardWeights(1.0, 0.0, 0.0);
        }

        @Override
        public int maxCompletionLength() {
            return 10;
        }

        @Override
        public Outcome judge(Step step, Judging judging) {
            return outcome.get();
        }
    }
}
