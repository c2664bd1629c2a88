package dev.troupe.reward.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.Steps;
import dev.troupe.reward.environment.Terms;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.Script;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Containment containment = new Containment(Duration.ofSeconds(20), JudgeOptions.TIMEOUT);

    @AfterEach
    void close() {
        containment.close();
    }

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

    static Stream<Arguments> answersThatNoJudgementHolds() {
        return Stream.of(
                Arguments.of(answer(() -> null), "judge() answered null"),
                Arguments.of(answer(() -> scored(Double.NaN, List.of())), "quality is NaN"),
                Arguments.of(answer(() -> scored(2, List.of())), "quality is 2.0, not within 0 and 1"),
                Arguments.of(
                        answer(() -> scored(1, List.of(Terms.of("a", Double.POSITIVE_INFINITY)))),
                        "the term 'a' is not finite"),
                Arguments.of(answer(() -> scored(1, List.of(Terms.of("a", 1), Terms.of("a", 2)))), "a name of its own"),
                Arguments.of(answer(() -> scored(1, Collections.nCopies(257, Terms.of("a", 1)))), "up to 256 terms"),
                Arguments.of(answer(() -> next(new RoleObservation("a", null))), "fits no record"),
                Arguments.of(
                        answer(() -> next(new RoleObservation(
                                "a", List.of(new ChatMessage("user", "x".repeat(Judgements.MAX_BYTES)))))),
                        "at most 4194304 are taken"));
    }

    @ParameterizedTest
    @MethodSource("answersThatNoJudgementHolds")
    void anAnswerThatNoJudgementHoldsIsNamed(Supplier<Outcome> answer, String problem) throws Exception {
        assertThat(judge(answer).judge(step("odd")).getUnscorable())
                .startsWith("ENVIRONMENT_FAILED: odd: ")
                .contains(problem);
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new NoSuchMethodError("Score.reward()"),
                new AssertionError("never"),
                new StackOverflowError(),
                new InterruptedException("by itself"),
                new java.io.IOException("undeclared"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void errorsOfAPlugInEndWithItsJudgement(Throwable failure) throws Exception {
        Judge judge = judge(() -> thrown(failure));

        assertThat(judge.judge(step("odd")).getUnscorable()).isEqualTo("ENVIRONMENT_FAILED: odd: " + failure);
        assertThat(containment.live()).isTrue();
    }

    @Test
    void memoryThatRanOutIsNotContained() {
        Judge judge = judge(() -> thrown(new OutOfMemoryError("Java heap space")));

        assertThatThrownBy(() -> judge.judge(step("odd"))).isInstanceOf(OutOfMemoryError.class);
        assertThat(containment.live()).isFalse();
    }

    @Test
    void aLongStoryIsCut() throws Exception {
        Judge judge = judge(() -> new Unscorable(UnscorableReason.INVALID_TASK, "x".repeat(1 << 20)));

        assertThat(judge.judge(step("odd")).getUnscorable()).hasSizeLessThan(Judgements.MAX_DETAIL + 100);
    }

    @Test
    void aJudgementThatTakesTooLongHasAReasonOfItsOwn() throws Exception {
        try (var impatient = new Containment(Duration.ofMillis(20), JudgeOptions.TIMEOUT)) {
            var judge = new Judge(
                    "judge-1",
                    Environments.of(List.of(new OddEnvironment(() -> {
                        while (!Thread.currentThread().isInterrupted()) {
                            LockSupport.park(this);
                        }
                        return next(new RoleObservation("a", List.of()));
                    }))),
                    program -> {
                        throw new IllegalStateException("no sandbox here");
                    },
                    impatient,
                    new JudgeMetrics(meters));

            assertThat(judge.judge(step("odd")).getUnscorable())
                    .isEqualTo("ENVIRONMENT_TIMEOUT: environment 'odd' did not answer within the 20 ms of"
                            + " judge.timeout");
            assertThat(impatient.leftBehind()).isZero();
        }
    }

    @Test
    void theSandboxIsLentForOneJudgement() {
        var lease = new Lease(program -> {
            throw new AssertionError("a program was run");
        });
        Sandbox kept = lease.sandbox();
        lease.end();

        assertThatThrownBy(() -> kept.run(PythonProgram.of(new Script("pass", new PythonValue.None()))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this judgement is over");
    }

    private static Supplier<Outcome> answer(Supplier<Outcome> answer) {
        return answer;
    }

    private static Outcome next(RoleObservation observation) {
        return new Outcome.Continue(List.of(observation));
    }

    private static Outcome scored(double quality, List<Term> terms) {
        return new Outcome.Scored(new Score(1.0, quality, 0.0, 0.0, true, terms, new RewardWeights(1.0, 0.0, 0.0)));
    }

    /** Throws whatever it is, declared or not, as other languages on the JVM do. */
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> Outcome thrown(Throwable failure) throws X {
        throw (X) failure;
    }

    private Judge judge(Supplier<Outcome> outcome) {
        return new Judge(
                "judge-1",
                Environments.of(List.of(new OddEnvironment(outcome))),
                program -> {
                    throw new IllegalStateException("no sandbox here");
                },
                containment,
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
