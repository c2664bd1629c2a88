package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.ScaleRewards;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionSamplerTest {
    @Test
    void takesTheBestTheWorstAndSomeBetween() {
        List<SampledCompletion> picked = pick(4, group("a", 0.1, 0.9, Double.NaN), group("b", 0.5, 0.3));

        // Each episode has two completions: the ranks are 0, 2, 4 and 7 of eight.
        assertThat(picked).extracting(SampledCompletion::getReward).containsExactly(0.9, 0.5, 0.3, 0.1);
        assertThat(picked).extracting(SampledCompletion::getTaskId).containsExactly("a", "b", "b", "a");
        assertThat(picked).extracting(SampledCompletion::getEpisode).containsExactly(1, 0, 1, 0);
        assertThat(picked.getFirst().getAdvantage()).isPositive();
        assertThat(picked.getLast().getAdvantage()).isNegative();
        assertThat(picked).allSatisfy(completion -> {
            assertThat(completion.getVersions()).hasSize(1);
            assertThat(completion.getTokens()).isPositive();
        });
    }

    @Test
    void picksTheSameTwice() {
        EpisodeGroup[] groups = {group("a", 1, 1, 0, 0), group("b", 0, 1, 1)};

        assertThat(pick(5, groups)).isEqualTo(pick(5, groups));
    }

    @Test
    void takesNoMoreThanThereAre() {
        assertThat(pick(0, group("a", 1, 0))).isEmpty();
        assertThat(pick(1, group("a", 0, 1)))
                .extracting(SampledCompletion::getReward)
                .containsExactly(1.0);
        assertThat(pick(100, group("a", 1, 0))).hasSize(4);
        assertThat(pick(4, group("a", Double.NaN, Double.NaN))).isEmpty();
    }

    @Test
    void groupsThatTeachNothingAreShownWithoutAdvantage() {
        assertThat(pick(2, group("a", 0, 0)))
                .hasSize(2)
                .extracting(SampledCompletion::getAdvantage)
                .containsOnly(0.0);
    }

    @Test
    void cutsLongTextsBetweenCharacters() {
        String smile = Character.toString(0x1F600);
        for (int shift = 0; shift < 2; shift++) {
            EpisodeGroup group = group("a", 1, 0);
            String text = "x".repeat(shift) + smile.repeat(2000);
            group.getEpisodes()
                    .forEach(episode ->
                            episode.getSteps().getFirst().getActions().forEach(action -> action.put("text", text)));

            String cut = pick(1, group).getFirst().getText();

            assertThat(cut).hasSizeBetween(1990, 2000).endsWith(smile + " ...");
        }
    }

    private static EpisodeGroup group(String taskId, double... rewards) {
        return TestGroups.group("team", taskId, rewards);
    }

    private static List<SampledCompletion> pick(int count, EpisodeGroup... records) {
        var reader = new GroupReader(
                Map.of("team", TestGroups.TINY), Map.of("team", 0), MultiObjectiveAggregation.SUM_THEN_NORMALIZE);
        List<RolloutGroup> groups = List.of(records).stream().map(reader::read).toList();
        var credit = new GroupRelativeCredit(
                MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                ScaleRewards.GROUP,
                RewardDeviation.defaults(),
                OverlongShaping.none());
        List<WeightedSample> samples =
                credit.weigh(groups).values().stream().flatMap(List::stream).toList();
        return new CompletionSampler(count).pick(groups, samples);
    }
}
