package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdvantagesTest {
    /** The vectors come from TRL, which keeps rewards in single precision. */
    private static final Offset<Double> SINGLE = within(1e-7);

    private static final double[] BINARY = {1, 0, 1, 1, 0, 0, 0, 1};
    private static final double[] EQUAL = {.5, .5, .5, .5, .5, .5, .5, .5};
    private static final double[] MIXED = {.1, .9, .3, .3, .2, .6, 0, 1};
    private static final List<double[]> GROUPS = List.of(BINARY, EQUAL, MIXED);

    @Test
    void scalesByGroupAsTrlDoes() {
        List<double[]> advantages = of(GROUPS, ScaleRewards.GROUP);
        assertThat(advantages.get(0)).containsExactly(signs(0.9352393585), SINGLE);
        assertThat(advantages.get(1)).containsOnly(0);
        assertThat(advantages.get(2))
                .containsExactly(
                        new double[] {
                            -.8796565116,
                            1.2856518247,
                            -.3383294275,
                            -.3383294275,
                            -.6089929696,
                            .4736611986,
                            -1.1503200537,
                            1.5563153667
                        },
                        SINGLE);
    }

    @Test
    void scalesByBatchAsTrlDoes() {
        double[] all = GROUPS.stream().flatMapToDouble(Arrays::stream).toArray();
        assertThat(Advantages.deviation(all)).isCloseTo(0.3602535321, SINGLE);
        assertThat(of(GROUPS, ScaleRewards.BATCH).getFirst()).containsExactly(signs(1.3875262913), SINGLE);
    }

    @Test
    void onlyCentresWithoutScale() {
        assertThat(of(GROUPS, ScaleRewards.NONE).getFirst()).containsExactly(signs(0.5), SINGLE);
    }

    @Test
    void leavesEachOutOfItsOwnBaseline() {
        assertThat(of(GROUPS, ScaleRewards.RLOO).getFirst()).containsExactly(signs(0.5714285714), SINGLE);
        double[] rewards = {0.1, 0.9, 0.3};

        double[] advantages = of(List.of(rewards), ScaleRewards.RLOO).getFirst();

        assertThat(advantages)
                .containsExactly(
                        new double[] {0.1 - (0.9 + 0.3) / 2, 0.9 - (0.1 + 0.3) / 2, 0.3 - (0.1 + 0.9) / 2},
                        within(1e-12));
    }

    @Test
    void leavesMissingRewardsOutOfTheBaseline() {
        double[] advantages = of(List.of(new double[] {1, Double.NaN, 0, Double.NaN}), ScaleRewards.GROUP)
                .getFirst();
        double[] without = of(List.of(new double[] {1, 0}), ScaleRewards.GROUP).getFirst();
        assertThat(advantages).containsExactly(without[0], 0, without[1], 0);
    }

    @ParameterizedTest
    @EnumSource
    void givesNothingToGroupsThatTellNothing(ScaleRewards scale) {
        List<double[]> advantages = of(
                List.of(
                        new double[] {Double.NaN, Double.NaN},
                        new double[] {0.1 + 0.2, 0.3},
                        new double[] {0.7},
                        new double[] {Double.NaN, 0.7}),
                scale);
        assertThat(advantages).allSatisfy(group -> assertThat(group).containsOnly(0));
    }

    @ParameterizedTest
    @EnumSource
    void sumsToZeroInEachGroup(ScaleRewards scale) {
        for (int seed = 0; seed < 50; seed++) {
            for (double[] group : of(random(seed), scale)) {
                assertThat(DoubleStream.of(group).sum()).as("seed %d", seed).isCloseTo(0, within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotFeelAShiftOfTheRewards(ScaleRewards scale) {
        for (int seed = 0; seed < 50; seed++) {
            List<double[]> groups = random(seed);
            List<double[]> shifted = groups.stream()
                    .map(group -> DoubleStream.of(group).map(r -> r + 7.25).toArray())
                    .toList();
            assertClose(seed, of(shifted, scale), of(groups, scale));
        }
    }

    /** Each group on a scale of its own; all the other ways notice. */
    @ParameterizedTest
    @EnumSource
    void onlyTheDeviationOfTheGroupTakesItsScaleAway(ScaleRewards scale) {
        var exact = new RewardDeviation(1, 1e-15);
        for (int seed = 0; seed < 50; seed++) {
            List<double[]> groups = random(seed);
            var scaled = List.of(times(100, groups.get(0)), times(0.5, groups.get(1)), times(3, groups.get(2)));
            double[] before = Advantages.of(groups, scale, exact).getFirst();
            double[] after = Advantages.of(scaled, scale, exact).getFirst();
            if (scale == ScaleRewards.GROUP) {
                assertThat(after).as("seed %d", seed).containsExactly(before, within(1e-9));
            } else {
                assertThat(after[0]).as("seed %d", seed).isNotCloseTo(before[0], within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void followsThePermutationOfEpisodesAndGroups(ScaleRewards scale) {
        for (int seed = 0; seed < 50; seed++) {
            List<double[]> groups = random(seed);
            List<double[]> turned =
                    groups.reversed().stream().map(AdvantagesTest::reversed).toList();
            List<double[]> back = of(turned, scale).reversed().stream()
                    .map(AdvantagesTest::reversed)
                    .toList();
            assertClose(seed, back, of(groups, scale));
        }
    }

    /** The expected values are the formula's, worked out in Python. */
    @Test
    void normalisesEachRewardBeforeTheySum() {
        double none = Double.NaN;
        List<double[]> advantages = normalizeThenSum(List.of(
                List.of(objective(1, 1, 0, 1, 0), objective(0.2, .5, .5, .1, .3), objective(-.1, 0, 0, .4, .4)),
                List.of(objective(1, .2, none, .9), objective(0.2, .1, none, .7), objective(-.1, 1, none, 0))));

        assertThat(advantages.getFirst())
                .containsExactly(
                        new double[] {1.1580106412379245, -0.6502257929087882, 0.5412230715950381, -1.0490079199241742},
                        within(1e-12));
        assertThat(advantages.getLast())
                .containsExactly(new double[] {-0.9596441089341395, 0, 0.9596441089341395}, within(1e-12));
    }

    @Test
    void aRewardOfSmallSpreadIsNotDrownedByAnother() {
        Objective large = objective(1, 100, 0, 50, 50);
        Objective small = objective(1, .01, .01, .02, .01);

        double[] together = normalizeThenSum(List.of(List.of(large, small))).getFirst();
        assertThat(together[2]).isGreaterThan(1);
        assertThat(of(List.of(new double[] {100.01, .01, 50.02, 50.01}), ScaleRewards.GROUP)
                        .getFirst()[2])
                .isLessThan(0.001);
    }

    @Test
    void flatGroupsGetNothingWhereRewardsAreNormalisedFirst() {
        List<double[]> advantages = normalizeThenSum(List.of(
                List.of(objective(1, .7, .7), objective(.3, 0.1 + 0.2, 0.3)),
                List.of(objective(1, 0, 1)),
                List.of(objective(1, Double.NaN, Double.NaN))));

        assertThat(advantages.getFirst()).containsOnly(0);
        assertThat(advantages.getLast()).containsOnly(0);
        assertThat(advantages.get(1)[1]).isPositive();
    }

    /** TRL's asynchronous trainer; the deviation itself is .3455068740. */
    @Test
    void takesTheDeviationOfThePopulationWhenAsked() {
        var population = new RewardDeviation(0, 1e-8);
        assertThat(population.divisor(MIXED)).isCloseTo(.3455068740 + 1e-8, SINGLE);
        assertThat(Advantages.of(GROUPS, ScaleRewards.GROUP, population).getFirst())
                .containsExactly(signs(0.5 / (0.5 + 1e-8)), within(1e-12));
    }

    /** Of one member there is a deviation of the population, 0, and none of a sample. */
    @Test
    void aRewardAloneHasNoDeviation() {
        assertThat(Advantages.deviation(new double[] {0.7}, 0)).isZero();
        assertThat(Advantages.deviation(new double[] {0.7}, 1)).isZero();
        assertThat(Advantages.deviation(new double[] {Double.NaN}, 0)).isZero();
    }

    private static List<double[]> of(List<double[]> groups, ScaleRewards scale) {
        return Advantages.of(groups, scale, RewardDeviation.defaults());
    }

    private static List<double[]> normalizeThenSum(List<List<Objective>> groups) {
        return Advantages.normalizeThenSum(groups, RewardDeviation.defaults());
    }

    private static Objective objective(double weight, double... rewards) {
        return new Objective(weight, rewards);
    }

    private static void assertClose(int seed, List<double[]> actual, List<double[]> expected) {
        for (int g = 0; g < expected.size(); g++) {
            assertThat(actual.get(g)).as("seed %d", seed).containsExactly(expected.get(g), within(1e-9));
        }
    }

    private static List<double[]> random(int seed) {
        var random = new Random(seed);
        return List.of(
                random.doubles(8).toArray(),
                random.doubles(2).toArray(),
                random.doubles(5).toArray());
    }

    private static double[] times(double factor, double[] values) {
        return DoubleStream.of(values).map(value -> factor * value).toArray();
    }

    private static double[] reversed(double[] values) {
        double[] reversed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return reversed;
    }

    private static double[] signs(double size) {
        return DoubleStream.of(BINARY).map(reward -> reward == 1 ? size : -size).toArray();
    }
}
