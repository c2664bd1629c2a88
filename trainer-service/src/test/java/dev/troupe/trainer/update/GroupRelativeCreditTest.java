package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.ScaleRewards;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupRelativeCreditTest {
    private final GroupReader reader = new GroupReader(
            Map.of("team", TestGroups.TINY), Map.of("team", 0), MultiObjectiveAggregation.SUM_THEN_NORMALIZE);

    @Test
    void everyRoleOfAnEpisodeGetsTheSame() {
        RolloutGroup group = reader.read(TestGroups.group("team", "t", 1, 0, Double.NaN, 0.5));

        assertThat(weights(ScaleRewards.NONE, group))
                .extracting(sample -> "%s %d %s %s"
                        .formatted(
                                sample.sample().role(),
                                sample.sample().episode(),
                                sample.advantage(),
                                sample.forwarded()))
                .containsExactly(
                        "helper 0 0.5 true",
                        "main 0 0.5 true",
                        "helper 1 -0.5 true",
                        "main 1 -0.5 true",
                        "helper 2 0.0 false",
                        "main 2 0.0 false",
                        "helper 3 0.0 true",
                        "main 3 0.0 true");
    }

    @Test
    void groupsThatDoNotTrainOnlyCountInTheDeviationOfTheBatch() {
        RolloutGroup group = reader.read(TestGroups.group("team", "t", 1, 0));
        RolloutGroup flat = reader.read(TestGroups.group("team", "u", 9, 9));

        List<WeightedSample> alone = weights(ScaleRewards.BATCH, group);
        List<WeightedSample> beside = weights(ScaleRewards.BATCH, group, flat);

        assertThat(beside).hasSameSizeAs(alone);
        assertThat(beside.getFirst().advantage())
                .isPositive()
                .isLessThan(alone.getFirst().advantage());
    }

    private static List<WeightedSample> weights(ScaleRewards scale, RolloutGroup... groups) {
        return new GroupRelativeCredit(
                        MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                        scale,
                        RewardDeviation.defaults(),
                        OverlongShaping.none())
                .assign(List.of(groups))
                .samples()
                .getOrDefault("team", List.of());
    }
}
