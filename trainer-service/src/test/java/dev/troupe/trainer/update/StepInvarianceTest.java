package dev.troupe.trainer.update;

import static dev.troupe.trainer.update.TeamTraining.WHOLE;
import static dev.troupe.trainer.update.TeamTraining.train;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.trainer.TestOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.update.TeamTraining.Result;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not change a step, taken by the real update on a real policy, whose weights are told by their outputs. */
class StepInvarianceTest {
    private static final double LEARNING_RATE = 1e-2;
    /** Of log-probabilities after the step: weights move by the learning rate, and sums of floats in another order. */
    private static final double SUMMATION = 1e-4;

    private static final List<RolloutGroup> GROUPS =
            TeamTraining.groups(new double[] {1, 0, 0.4}, new double[] {0.2, 0.9, 0.9});

    private static final List<TrainingSequence> PROBES = TeamTraining.sequences(GROUPS);

    /** Packed is padded: every completion alone, without any padding, and all of them padded to the longest. */
    @ParameterizedTest
    @EnumSource(value = LossType.class, mode = Mode.EXCLUDE, names = "BNPO")
    void isTheSameWithOneCompletionAtATime(LossType type) {
        Result whole = train(options(type, 2), WHOLE, GROUPS);

        assertSame(train(options(type, 2), 1, GROUPS), whole);
        assertSame(train(options(type, 2), 30, GROUPS), whole);
    }

    /** TRL's bnpo is the mean of each micro-batch, so memory decides about the result. */
    @Test
    void bnpoDependsOnMicroBatches() {
        Result whole = train(options(LossType.BNPO, 1), WHOLE, GROUPS);
        Result split = train(options(LossType.BNPO, 1), 1, GROUPS);

        assertThat(split.outcome().metrics().get("grad_norm"))
                .isNotCloseTo(whole.outcome().metrics().get("grad_norm"), within(1e-3));
        // In one micro-batch it is dapo.
        assertThat(whole.logprobs())
                .isEqualTo(train(options(LossType.DAPO, 1), WHOLE, GROUPS).logprobs());
    }

    @ParameterizedTest
    @EnumSource(LossType.class)
    void isTheSameInAnyOrderOfGroupsAndEpisodes(LossType type) {
        List<RolloutGroup> turned = GROUPS.reversed().stream()
                .map(group -> new RolloutGroup(group.taskId(), group.episodes().reversed(), Optional.empty()))
                .toList();

        assertSame(train(options(type, 1), WHOLE, turned, PROBES), train(options(type, 1), WHOLE, GROUPS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "batch", "none", "rloo"})
    void isTheSameForRewardsThatAreAllHigher(String scale) {
        GrpoOptions options = options("scale_rewards", scale);
        List<RolloutGroup> shifted = GROUPS.stream()
                .map(group -> TeamTraining.rewards(group, reward -> reward + 4))
                .toList();

        assertSame(train(options, WHOLE, shifted), train(options, WHOLE, GROUPS));
    }

    @Test
    void isTheSameForEachGroupsRewardsOnAnotherScale() {
        GrpoOptions options = options("scale_rewards_epsilon", "1e-12");
        List<RolloutGroup> scaled = List.of(
                TeamTraining.rewards(GROUPS.getFirst(), reward -> 100 * reward),
                TeamTraining.rewards(GROUPS.getLast(), reward -> reward / 8));

        assertSame(train(options, WHOLE, scaled), train(options, WHOLE, GROUPS));
    }

    @ParameterizedTest
    @EnumSource(LossType.class)
    void nothingIsClippedOnPolicy(LossType type) {
        List<String> ratios = type == LossType.CISPO
                ? List.of("cispo_clip_ratio")
                : List.of("clip_ratio/region_mean", "clip_ratio/low_mean", "clip_ratio/high_mean");

        assertThat(train(options(type, 1), WHOLE, GROUPS).outcome().metrics())
                .containsAllEntriesOf(ratios.stream().collect(Collectors.toMap(ratio -> ratio, _ -> 0.0)));
    }

    /** On policy a ratio is 1, so what divides by tokens of the step is REINFORCE by another divisor. */
    @ParameterizedTest
    @EnumSource(
            value = LossType.class,
            names = {"DAPO", "CISPO", "VESPO", "BNPO"})
    void isReinforceOnPolicy(LossType type) {
        double norm = gradNorm(type);
        double tokens = PROBES.stream()
                .mapToInt(TrainingSequence::completionLength)
                .average()
                .orElseThrow();

        assertThat(norm * tokens).isCloseTo(gradNorm(LossType.REINFORCE), within(1e-4 * norm * tokens));
    }

    @Test
    void leavesBadCompletionsOutThatThePolicyHasMovedAwayFrom() {
        GrpoOptions options = options("off_policy_mask_threshold", "0.5", "importance_sampling_mode", "none");
        List<RolloutGroup> moved = GROUPS.stream()
                .map(group -> TeamTraining.samples(
                        group,
                        sample -> TeamTraining.recorded(
                                sample, LogProbs.of(Collections.nCopies(sample.length(), -0.01f)))))
                .toList();

        Result masked = train(options, WHOLE, moved);

        // One of three, and one of three: those below the mean of their group.
        assertThat(masked.outcome().metrics().get("sampling/off_policy_masked_ratio"))
                .isCloseTo(0.5, within(1e-9));
        assertThat(train(options, WHOLE, GROUPS).outcome().metrics())
                .containsEntry("sampling/off_policy_masked_ratio", 0.0);
        assertThat(masked.logprobs())
                .isNotEqualTo(train(options("importance_sampling_mode", "none"), WHOLE, moved)
                        .logprobs());
    }

    private static double gradNorm(LossType type) {
        return requireNonNull(
                train(options(type, 1), WHOLE, GROUPS).outcome().metrics().get("grad_norm"));
    }

    private static void assertSame(Result actual, Result expected) {
        assertThat(actual.outcome().metrics().get("loss"))
                .isCloseTo(expected.outcome().metrics().get("loss"), within(1e-5));
        assertThat(DoubleStream.of(values(actual)).toArray()).containsExactly(values(expected), within(SUMMATION));
    }

    private static double[] values(Result result) {
        return result.logprobs().stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static GrpoOptions options(LossType type, int iterations) {
        return options(
                "loss_type", type.name().toLowerCase(Locale.ROOT), "num_iterations", Integer.toString(iterations));
    }

    private static GrpoOptions options(String... namesAndValues) {
        String[] all = Arrays.copyOf(namesAndValues, namesAndValues.length + 2);
        all[namesAndValues.length] = "learning_rate";
        all[namesAndValues.length + 1] = Double.toString(LEARNING_RATE);
        return TestOptions.grpo(all);
    }
}
