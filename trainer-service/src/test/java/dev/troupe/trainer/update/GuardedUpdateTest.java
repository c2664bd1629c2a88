package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.trainer.TestOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedUpdateTest {
    /** With the ratio against what was recorded, a completion that was unlikely then breaks the step. */
    private static final GrpoOptions OPTIONS =
            TestOptions.grpo("importance_sampling_mode", "behaviour", "learning_rate", "0.01");

    private static final List<RolloutGroup> GROUPS =
            TeamTraining.groups(new double[] {1, 0}, new double[] {0, 1, 0.5}, new double[] {0.3, 0.6});

    private final TreeMap<String, TrainablePolicy> policies = new TreeMap<>();
    private int restored;

    @AfterEach
    void close() {
        policies.values().forEach(TrainablePolicy::close);
    }

    /** At -1000 the ratio is infinite; at -95 the loss is a number, and its gradient none that a float can hold. */
    @ParameterizedTest
    @CsvSource({
        "-1000, NON_FINITE_LOSS, its loss alone is",
        "-95, NON_FINITE_GRADIENT, the norm of its gradient alone is"
    })
    void onlyTheGroupOfTheCulpritIsSetAside(float recorded, SkipReason reason, String what) throws Exception {
        StepOutcome outcome = train(OPTIONS, Double.POSITIVE_INFINITY, poisoned(GROUPS, 1, 0, recorded));

        assertThat(outcome.broken()).isFalse();
        assertThat(outcome.taskIds()).containsExactly("task-0", "task-2");
        SkippedGroup skipped = outcome.skipped().getFirst();
        assertThat(outcome.skipped()).hasSize(1);
        assertThat(skipped.getTaskId()).isEqualTo("task-1");
        assertThat(skipped.getReason()).isEqualTo(reason.name());
        assertThat(skipped.getDetail()).startsWith("episode 0, role main, turn 0, policy team: " + what);
        assertThat(restored).isEqualTo(1);
    }

    @Test
    void theOthersTrainAsIfItHadNeverBeenThere() throws Exception {
        var without = new ArrayList<>(GROUPS);
        without.set(1, GROUPS.get(1).without(SkipReason.INVALID_RECORD, ""));

        train(OPTIONS, Double.POSITIVE_INFINITY, poisoned(GROUPS, 1, 0, -1000));

        assertThat(probes())
                .isEqualTo(TeamTraining.train(OPTIONS, TeamTraining.WHOLE, without, TeamTraining.sequences(GROUPS))
                        .logprobs());
    }

    @Test
    void severalCulpritsAreFoundAtOnce() throws Exception {
        StepOutcome outcome =
                train(OPTIONS, Double.POSITIVE_INFINITY, poisoned(poisoned(GROUPS, 0, 1, -1000), 2, 0, -95));

        assertThat(outcome.taskIds()).containsExactly("task-1");
        assertThat(outcome.skipped())
                .extracting(group -> group.getTaskId() + " " + group.getReason())
                .containsExactly("task-0 NON_FINITE_LOSS", "task-2 NON_FINITE_GRADIENT");
        assertThat(restored).isEqualTo(1);
    }

    @Test
    void whenAllAreCulpritsNothingMoves() throws Exception {
        List<RolloutGroup> one = poisoned(GROUPS.subList(0, 1), 0, 1, -1000);

        StepOutcome outcome = train(OPTIONS, Double.POSITIVE_INFINITY, one);

        assertThat(outcome.taskIds()).isEmpty();
        assertThat(outcome.skipped()).hasSize(1);
        assertThat(probes()).isEqualTo(untrained());
    }

    @Test
    void aGradientThatIsTooLargeLeavesTheLastVersion() throws Exception {
        StepOutcome outcome = train(OPTIONS, 1e-6, GROUPS);

        assertThat(outcome.broken()).isTrue();
        assertThat(outcome.taskIds()).isEmpty();
        assertThat(outcome.skipped())
                .hasSize(3)
                .allSatisfy(group -> assertThat(group.getReason()).isEqualTo("GRADIENT_TOO_LARGE"))
                .allSatisfy(group -> assertThat(group.getDetail())
                        .contains("trainer.skip.grad.norm 1.0E-6", "the largest part of it", "task-", "episode "));
        assertThat(probes()).isEqualTo(untrained());
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e6, Double.POSITIVE_INFINITY})
    void aGradientWithinTheBoundIsTaken(double bound) throws Exception {
        StepOutcome outcome = train(OPTIONS, bound, GROUPS);

        assertThat(outcome.taskIds()).hasSize(3);
        assertThat(restored).isZero();
        assertThat(probes())
                .isEqualTo(
                        TeamTraining.train(OPTIONS, TeamTraining.WHOLE, GROUPS).logprobs());
    }

    private StepOutcome train(GrpoOptions options, double skipGradNorm, List<RolloutGroup> groups) throws Exception {
        policies.put("team", TeamTraining.policy());
        var guarded = new GuardedUpdate(
                new TeamUpdate(options, TeamTraining.WHOLE, 0, skipGradNorm, 0, Optional.empty()), () -> {
                    restored++;
                    TrainablePolicy replaced = policies.put("team", TeamTraining.policy());
                    if (replaced != null) {
                        replaced.close();
                    }
                });
        return guarded.apply(policies, Map.of(), Map.of("team", 0), groups, 1);
    }

    private List<Double> probes() {
        return requireNonNull(policies.get("team")).logprobs(TeamTraining.sequences(GROUPS)).stream()
                .map(LogProbs::sum)
                .toList();
    }

    private static List<Double> untrained() {
        try (TrainablePolicy policy = TeamTraining.policy()) {
            return policy.logprobs(TeamTraining.sequences(GROUPS)).stream()
                    .map(LogProbs::sum)
                    .toList();
        }
    }

    /** The main role's completion of one bad episode, as if it had been drawn by a policy to which it was unlikely. */
    private static List<RolloutGroup> poisoned(List<RolloutGroup> groups, int group, int episode, float recorded) {
        var poisoned = new ArrayList<>(groups);
        var episodes = new ArrayList<>(groups.get(group).episodes());
        RolloutEpisode whole = episodes.get(episode);
        Sample main = whole.samples().getLast();
        LogProbs unlikely = LogProbs.of(Collections.nCopies(main.length(), recorded));
        episodes.set(
                episode,
                new RolloutEpisode(
                        whole.course(),
                        whole.reward(),
                        whole.passed(),
                        whole.terms(),
                        whole.weights(),
                        List.of(whole.samples().getFirst(), TeamTraining.recorded(main, unlikely))));
        poisoned.set(group, new RolloutGroup(groups.get(group).taskId(), episodes, Optional.empty()));
        return poisoned;
    }
}
