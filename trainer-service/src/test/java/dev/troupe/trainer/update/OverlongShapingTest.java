package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.trainer.TestOptions;
import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.rollout.Course;
import dev.troupe.trainer.rollout.Provenance;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverlongShapingTest {
    private static final GrpoOptions SHAPED = TestOptions.grpo(
            "scale_rewards", "none",
            "max_completion_length", "10",
            "overlong_buffer_len", "4",
            "overlong_penalty_factor", "0.5");

    @Test
    void theLongestCompletionOfAnEpisodeIsPunishedAndNoOther() {
        RolloutGroup group = group(episode(1, 8, 8, 2), episode(1, 2, 2), episode(0, 20, 1));

        assertThat(advantages(SHAPED, group)).containsExactly(centred(0.75, 1, -0.5), within(1e-12));
        assertThat(shaping(SHAPED).meanPenalty(List.of(group))).isCloseTo(-0.25, within(1e-12));
        assertThat(group.rewards()).containsExactly(1, 1, 0);
    }

    @Test
    void missingRewardsAndEpisodesWithoutCompletionsAreNotPunished() {
        RolloutGroup group = group(episode(Double.NaN, 20), episode(1), episode(0, 2));

        assertThat(advantages(SHAPED, group)).containsExactly(0, 0.5, -0.5);
        assertThat(shaping(SHAPED).meanPenalty(List.of(group))).isZero();
        assertThat(shaping(SHAPED).meanPenalty(List.of(group(episode(Double.NaN, 20)))))
                .isNaN();
    }

    @Test
    void nothingIsPunishedByDefault() {
        RolloutGroup group = group(episode(1, 5000), episode(0, 1));

        assertThat(advantages(TestOptions.grpo("scale_rewards", "none"), group)).containsExactly(0.5, -0.5);
    }

    @Test
    void whereRewardsAreNormalisedFirstThePunishmentIsOneOfThem() {
        GrpoOptions options = TestOptions.grpo(
                "multi_objective_aggregation", "normalize_then_sum",
                "max_completion_length", "10",
                "overlong_buffer_len", "4");
        RolloutGroup group = group(episode(1, 8), episode(1, 2), episode(0, 2), episode(0, 2));

        double[] advantages = advantages(options, group);

        assertThat(advantages[0]).isLessThan(advantages[1]);
        assertThat(advantages[2]).isEqualTo(advantages[3]);
    }

    private static OverlongShaping shaping(GrpoOptions options) {
        return new OverlongShaping(options.overlong(), options.maxCompletionLength());
    }

    /** Of each episode. */
    private static double[] advantages(GrpoOptions options, RolloutGroup group) {
        RolloutGroup shaped = shaping(options).of(List.of(group)).getFirst();
        return switch (options.aggregation()) {
            case SUM_THEN_NORMALIZE ->
                Advantages.of(List.of(shaped.rewards()), options.scaleRewards(), options.deviation())
                        .getFirst();
            case NORMALIZE_THEN_SUM ->
                Advantages.normalizeThenSum(List.of(shaped.objectives()), options.deviation())
                        .getFirst();
        };
    }

    private static double[] centred(double... rewards) {
        double mean = IntStream.range(0, rewards.length)
                .mapToDouble(i -> rewards[i])
                .average()
                .orElseThrow();
        return IntStream.range(0, rewards.length)
                .mapToDouble(i -> rewards[i] - mean)
                .toArray();
    }

    private static RolloutGroup group(RolloutEpisode... episodes) {
        return new RolloutGroup("task", List.of(episodes), Optional.empty());
    }

    private static RolloutEpisode episode(double reward, int... lengths) {
        List<Sample> samples = IntStream.of(lengths)
                .mapToObj(length -> new Sample(
                        "team",
                        "main",
                        true,
                        TrainingSequence.of(TokenIds.of(2), TokenIds.of(Collections.nCopies(length, 3)), 1),
                        LogProbs.of(Collections.nCopies(length, -1f)),
                        false,
                        Provenance.of(0, 0, length)))
                .toList();
        return new RolloutEpisode(
                new Course(0, 1, 0), reward, false, Map.of("quality", reward), Map.of("quality", 1.0), samples);
    }
}
