package dev.troupe.trainer.update;

import static dev.troupe.trainer.critic.TestEpisodes.episode;
import static dev.troupe.trainer.critic.TestEpisodes.group;
import static dev.troupe.trainer.critic.TestEpisodes.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.ComputeDevice;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.critic.CentralizedCritic;
import dev.troupe.trainer.critic.CriticOptions;
import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.ScaleRewards;
import dev.troupe.trainer.rollout.RolloutGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A critic that expects nothing yet, so that an advantage is a return. */
class CriticCreditTest {
    private static final List<RolloutGroup> GROUPS = List.of(
            group(
                    "a",
                    episode(1, sample("helper", 0, 0, 2, 3), sample("main", 0, 0, 4), sample("main", 0, 2, 4, 5)),
                    episode(0.5, sample("helper", 1, 0, 2, 3), sample("main", 1, 0, 4)),
                    episode(Double.NaN, sample("helper", 2, 0, 2, 3))),
            group("flat", episode(0.8, sample("helper", 0, 0, 9)), episode(0.8, sample("helper", 1, 0, 9))));

    @TempDir
    private Path directory = Path.of("");

    @Test
    void everyRoleOfATurnGetsWhatCameOfItLessWhatWasExpected() throws IOException {
        List<WeightedSample> samples = samples(ScaleRewards.NONE);

        assertThat(samples)
                .extracting(weighted -> weighted.sample().role() + " "
                        + weighted.sample().turn() + " " + weighted.advantage() + " " + weighted.forwarded())
                .containsExactly(
                        // Half for each of the two turns that came after.
                        "helper 0 0.25 true",
                        "main 0 0.25 true",
                        "main 2 1.0 true",
                        "helper 0 0.5 true",
                        "main 0 0.5 true",
                        "helper 0 0.0 false",
                        // Equal rewards are not as expected.
                        "helper 0 0.8 true",
                        "helper 0 0.8 true");
    }

    @Test
    void isScaledByTheDeviationOfTheStep() throws IOException {
        double deviation = Advantages.deviation(new double[] {0.25, 0.25, 1, 0.5, 0.5, 0.8, 0.8});

        assertThat(samples(ScaleRewards.GROUP).getFirst().advantage())
                .isCloseTo(0.25 / (deviation + 1e-4), within(1e-12));
    }

    @Test
    void figuresAreOfBeforeTheStep() throws IOException {
        // Turns: 0.25 and 1 of the first episode, 0.5, 0.8, 0.8.
        assertThat(assign(0, ScaleRewards.NONE).metrics())
                .containsEntry("critic/value_mean", 0.0)
                .hasEntrySatisfying(
                        "critic/loss",
                        loss -> assertThat(loss).isCloseTo((0.25 * 0.25 + 1 + 0.25 + 2 * 0.64) / 10, within(1e-12)))
                .hasEntrySatisfying(
                        "critic/explained_variance",
                        explained -> assertThat(explained).isCloseTo(0, within(1e-12)));
    }

    @Test
    void whileTheCriticIsColdTheCreditIsGroupRelative() throws IOException {
        var groupRelative = new GroupRelativeCredit(
                MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                ScaleRewards.GROUP,
                RewardDeviation.defaults(),
                OverlongShaping.none());
        Credit.Credited cold = assign(1, ScaleRewards.GROUP);

        assertThat(cold.samples())
                .isEqualTo(groupRelative.assign(GROUPS.subList(0, 1)).samples());
        assertThat(cold.metrics()).containsKey("critic/loss");
    }

    @Test
    void theCriticLearnsFromEveryStep() throws IOException {
        try (CentralizedCritic critic = critic(1)) {
            var credit = credit(critic, ScaleRewards.NONE);
            assertThat(critic.isWarm()).isFalse();
            double before = loss(credit.assign(GROUPS).metrics());
            assertThat(critic.isWarm()).isTrue();
            assertThat(loss(credit.assign(GROUPS).metrics())).isLessThan(before);
        }
    }

    private List<WeightedSample> samples(ScaleRewards scale) throws IOException {
        return assign(0, scale).samples().getOrDefault("team", List.of());
    }

    private static double loss(Map<String, Double> metrics) {
        return metrics.getOrDefault("critic/loss", Double.NaN);
    }

    private Credit.Credited assign(long warmupSteps, ScaleRewards scale) throws IOException {
        try (CentralizedCritic critic = critic(warmupSteps)) {
            return credit(critic, scale).assign(GROUPS);
        }
    }

    private CentralizedCritic critic(long warmupSteps) throws IOException {
        var critic = new CentralizedCritic(
                new CriticOptions(Optional.empty(), 0.5, warmupSteps, AdamWOptions.withLearningRate(1e-2)),
                ComputeDevice.CPU);
        critic.begin(TestGroups.checkpoint(directory));
        return critic;
    }

    private static CriticCredit credit(CentralizedCritic critic, ScaleRewards scale) {
        return new CriticCredit(
                critic,
                new GroupRelativeCredit(
                        MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                        scale,
                        RewardDeviation.defaults(),
                        OverlongShaping.none()));
    }
}
