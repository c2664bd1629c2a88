package dev.troupe.trainer.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Score;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.Objective;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class GroupReaderTest {
    private final GroupReader reader = new GroupReader(
            Map.of("team", TestGroups.TINY), Map.of("team", 0), MultiObjectiveAggregation.SUM_THEN_NORMALIZE);

    private final GroupReader crossing = new GroupReader(
            Map.of("team", TestGroups.TINY),
            Map.of("team", 0),
            MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
            JointMode.CROSS,
            Set.of(),
            false);

    @Test
    void keepsTokensAndRewardsOfAllRoles() {
        RolloutGroup group = reader.read(TestGroups.group("team", "t", 1, 0, Double.NaN));
        assertThat(group.trains()).isTrue();
        assertThat(group.rewards()).containsExactly(1, 0, Double.NaN);
        assertThat(group.episodes())
                .allSatisfy(episode ->
                        assertThat(episode.samples()).extracting(Sample::role).containsExactly("helper", "main"));
        assertThat(group.episodes().getFirst().terms())
                .containsKeys("quality", "speed", "coordination", "tests_passed");
    }

    @Test
    void skipsGroupsThatTeachNothing() {
        assertThat(reader.read(TestGroups.group("team", "t", 1, 1, 1)).skip()).contains(SkipReason.ZERO_VARIANCE);
        assertThat(reader.read(TestGroups.group("team", "t", Double.NaN, Double.NaN))
                        .skip())
                .contains(SkipReason.ALL_INCOMPLETE);
        assertThat(reader.read(TestGroups.group("team", "t", 1, Double.NaN)).skip())
                .contains(SkipReason.SINGLE_EPISODE);
    }

    @Test
    void knowsTheRewardsThatTheJointRewardSums() {
        RolloutGroup group = reader.read(TestGroups.group("team", "t", 1, 0, Double.NaN));

        // speed has no weight, coordination is a cost
        assertThat(group.objectives()).extracting(Objective::weight).containsExactly(-0.1, 1.0);
        assertThat(group.objectives().getFirst().rewards()).containsExactly(0, 0, Double.NaN);
        assertThat(group.objectives().getLast().rewards()).containsExactly(1, 0, Double.NaN);
    }

    @Test
    void withoutWeightsTheJointRewardIsTheOnlyOne() {
        RolloutGroup group = reader.read(scored(score -> score.setWeights(null)));

        assertThat(group.objectives()).hasSize(1);
        assertThat(group.objectives().getFirst().rewards()).isEqualTo(group.rewards());
    }

    @Test
    void withoutAnyWeightTheJointRewardIsTheOnlyOne() {
        RolloutGroup group = reader.read(scored(score -> score.setWeights(new RewardWeights(0.0, 0.0, 0.0))));

        assertThat(group.objectives()).hasSize(1);
    }

    @Test
    void aWeightThatIsNoNumberOrTooLargeMakesTheGroupUnusable() {
        for (double weight : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1e308}) {
            RolloutGroup group = reader.read(scored(score -> score.setWeights(new RewardWeights(1.0, weight, 0.0))));

            assertThat(group.skip()).as("weight %s", weight).contains(SkipReason.INVALID_RECORD);
        }
    }

    @Test
    void equalSumsOfDifferentRewardsTeachWhereEachIsNormalised() {
        EpisodeGroup group = scored(score ->
                score.setReward(1).setSpeed(1 - score.getQuality()).setWeights(new RewardWeights(1.0, 0.5, 0.0)));
        var byObjective = new GroupReader(
                Map.of("team", TestGroups.TINY), Map.of("team", 0), MultiObjectiveAggregation.NORMALIZE_THEN_SUM);

        assertThat(reader.read(group).skip()).contains(SkipReason.ZERO_VARIANCE);
        assertThat(byObjective.read(group).trains()).isTrue();
        assertThat(byObjective
                        .read(TestGroups.group("team", "t", 1, 1, Double.NaN))
                        .skip())
                .contains(SkipReason.ZERO_VARIANCE);
    }

    @Test
    void leavesOutPoliciesThatAreNotTrained() {
        assertThat(reader.read(TestGroups.group("strangers", "t", 1, 0)).skip())
                .contains(SkipReason.NO_TRAINABLE_COMPLETION);
    }

    @Test
    void completionsThatEpisodesShareAreTakenInJointModeCrossAlone() {
        EpisodeGroup group = TestGroups.crossed("team", "t", 1, 0, 0.5, 0.1);

        assertThat(reader.read(group).skip()).contains(SkipReason.CROSSED_COMPLETIONS);
        assertThat(crossing.read(group).trains()).isTrue();
        assertThat(crossing.read(group).completions()).hasSize(4);
        assertThat(crossing.read(TestGroups.group("team", "t", 1, 0)).trains()).isTrue();
    }

    @Test
    void crossedCompletionsOfALaterTurnDoNotTrain() {
        EpisodeGroup group = TestGroups.crossed("team", "t", 1, 0, 0.5, 0.1);
        replaceActions(group, action -> action.setTurn(1));

        assertThat(crossing.read(group).skip()).contains(SkipReason.CROSSED_TURNS);
    }

    @Test
    void differentCompletionsOfTheSameDrawContradictEachOther() {
        EpisodeGroup group = TestGroups.group("team", "t", 1, 0);
        replaceActions(group, action -> action.setEpisode(0));

        assertThat(crossing.read(group).skip()).contains(SkipReason.INVALID_RECORD);
    }

    @Test
    void equalMarginalsTeachNothing() {
        // Which is best depends on the other alone: no completion is better by itself.
        assertThat(crossing.read(TestGroups.crossed("team", "t", 1, 0, 0, 1)).skip())
                .contains(SkipReason.ZERO_VARIANCE);
    }

    @Test
    void leavesOutRefusedActions() {
        RolloutGroup group = reader.read(
                changed(action -> action.setFinishReason(FinishReason.REFUSED).setTokenIds(List.of())));
        assertThat(group.episodes().getFirst().samples()).hasSize(1);
    }

    /** A group with all scores changed. */
    private static EpisodeGroup scored(Consumer<Score.Builder> change) {
        var builder = EpisodeGroup.newBuilder(TestGroups.group("team", "t", 1, 0));
        builder.getEpisodes().replaceAll(episode -> {
            var score = Score.newBuilder(episode.getScore());
            change.accept(score);
            return Episode.newBuilder(episode).setScore(score.build()).build();
        });
        return builder.build();
    }

    private static void replaceActions(EpisodeGroup group, Consumer<Action.Builder> change) {
        group.getEpisodes()
                .replaceAll(episode -> Episode.newBuilder(episode)
                        .setSteps(episode.getSteps().stream()
                                .map(step -> new EpisodeStep(
                                        step.getTurn(),
                                        step.getActions().stream()
                                                .map(action -> {
                                                    var builder = Action.newBuilder(action);
                                                    change.accept(builder);
                                                    return builder.build();
                                                })
                                                .toList(),
                                        step.getMessages()))
                                .toList())
                        .build());
    }

    /** A group with one action changed. */
    private static EpisodeGroup changed(Consumer<Action.Builder> change) {
        EpisodeGroup group = TestGroups.group("team", "t", 1, 0);
        var builder = EpisodeGroup.newBuilder(group);
        List<Action> actions =
                builder.getEpisodes().getFirst().getSteps().getFirst().getActions();
        var action = Action.newBuilder(actions.getFirst());
        change.accept(action);
        actions.set(0, action.build());
        return builder.build();
    }
}
