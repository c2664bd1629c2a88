package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.ScaleRewards;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Two completions of helper against two of main; the values are worked out by hand. */
class CrossedCreditTest {
    private static final MultiObjectiveAggregation SUM = MultiObjectiveAggregation.SUM_THEN_NORMALIZE;
    private static final double NONE = Double.NaN;

    @Test
    void aCompletionsRewardIsTheMeanOverTheEpisodesThatHoldIt() {
        // helper: (1 + 0) / 2 and (0.5 + 0.1) / 2; main: (1 + 0.5) / 2 and (0 + 0.1) / 2
        assertAdvantages(ScaleRewards.NONE, read(Set.of(), crossed(1, 0, 0.5, 0.1)), 0.1, -0.1, 0.35, -0.35);
    }

    @Test
    void eachRoleIsScaledByItself() {
        double deviation = Math.sqrt(0.5);
        double helper = 0.1 / (0.2 * deviation + 1e-4);
        double main = 0.35 / (0.7 * deviation + 1e-4);

        assertAdvantages(ScaleRewards.GROUP, read(Set.of(), crossed(1, 0, 0.5, 0.1)), helper, -helper, main, -main);
    }

    @Test
    void anEpisodeWithoutAScoreIsLeftOutOfTheMean() {
        // helper: 1 and (0.5 + 0.1) / 2; main: (1 + 0.5) / 2 and 0.1
        assertAdvantages(ScaleRewards.NONE, read(Set.of(), crossed(1, NONE, 0.5, 0.1)), 0.35, -0.35, 0.325, -0.325);
    }

    @Test
    void aCompletionWithoutAnyScoreOnlyCounts() {
        List<WeightedSample> samples = weights(ScaleRewards.NONE, read(Set.of(), crossed(NONE, NONE, 0.5, 0.1)));

        assertThat(samples)
                .extracting(sample -> sample.sample().role() + " " + sample.forwarded())
                .containsExactly("helper false", "helper true", "main true", "main true");
    }

    @Test
    void aFrozenRoleIsWhatTheOtherIsAveragedOver() {
        assertAdvantages(ScaleRewards.NONE, read(Set.of("main"), crossed(1, 0, 0.5, 0.1)), 0.1, -0.1);
    }

    @Test
    void withoutSharedCompletionsAllIsAsInModeAligned() {
        EpisodeGroup group = TestGroups.group("team", "t", 1, 0, NONE, 0.4);
        RolloutGroup aligned = new GroupReader(Map.of("team", TestGroups.TINY), Map.of("team", 0), SUM).read(group);

        for (ScaleRewards scale : ScaleRewards.values()) {
            assertThat(weights(scale, read(Set.of(), group))).isEqualTo(weights(scale, aligned));
        }
    }

    @Test
    void eachCompletionIsCountedOnce() {
        EpisodeGroup group = crossed(1, 0, 0.5, 0.1);
        var policies = new TreeMap<String, TrainablePolicy>();
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 7)) {
            policies.put("team", policy);
            StepOutcome outcome = new TeamUpdate(GrpoOptions.defaults(1e-2), 1 << 20, 0)
                    .apply(policies, Map.of(), Map.of(), List.of(read(Set.of(), group)), 1);

            // Both of helper stand in episodes 0 and 2, both of main in 0 and 1.
            long tokens = tokens(group, 0, 0) + tokens(group, 2, 0) + tokens(group, 0, 1) + tokens(group, 1, 1);
            assertThat(outcome.tokens()).isEqualTo(tokens);
            assertThat(outcome.metrics()).containsKey("loss");
        }
    }

    private static long tokens(EpisodeGroup group, int episode, int action) {
        Action one = group.getEpisodes()
                .get(episode)
                .getSteps()
                .getFirst()
                .getActions()
                .get(action);
        return one.getPromptTokenIds().size() + (long) one.getTokenIds().size();
    }

    private static EpisodeGroup crossed(double... rewards) {
        return TestGroups.crossed("team", "t", rewards);
    }

    private static RolloutGroup read(Set<String> frozen, EpisodeGroup group) {
        return new GroupReader(Map.of("team", TestGroups.TINY), Map.of("team", 0), SUM, JointMode.CROSS, frozen, false)
                .read(group);
    }

    private static List<WeightedSample> weights(ScaleRewards scale, RolloutGroup group) {
        return new GroupRelativeCredit(SUM, scale, RewardDeviation.defaults(), OverlongShaping.none())
                .assign(List.of(group))
                .samples()
                .getOrDefault("team", List.of());
    }

    /** Of helper's two completions, then of main's. */
    private static void assertAdvantages(ScaleRewards scale, RolloutGroup group, double... expected) {
        List<WeightedSample> samples = weights(scale, group);
        assertThat(samples).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(samples.get(i).advantage()).isCloseTo(expected[i], within(1e-12));
        }
    }
}
