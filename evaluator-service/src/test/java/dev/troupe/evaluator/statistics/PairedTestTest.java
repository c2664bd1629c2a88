package dev.troupe.evaluator.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PairedTestTest {

    @Test
    void fewDifferencesAreTestedExactly() {
        // All of one sign: two of the 32 assignments are as far from 0.
        assertThat(p(1, 2, 3, 4, 5)).isEqualTo(2.0 / 32);
        assertThat(p(-1, -2, -3, -4, -5)).isEqualTo(2.0 / 32);
        // 1 of 1: both assignments are.
        assertThat(p(7)).isEqualTo(1);
        // Of the 16 sums of +-1 +-1 +-1 +-2 six are 3 away from 0, and two are 5.
        assertThat(p(1, 1, -1, 2)).isEqualTo(8.0 / 16);
    }

    @Test
    void tasksWithoutADifferenceChangeNothing() {
        assertThat(p(1, 2, 3, 0, 0, 0, 4, 5)).isEqualTo(2.0 / 32);
        assertThat(p(0, 0)).isEqualTo(1);
    }

    @Test
    void roundingDoesNotHideEqualSums() {
        // Whatever the order of adding, the observed assignment is as far as itself.
        assertThat(p(0.1, 0.2, 0.3)).isEqualTo(2.0 / 8);
        assertThat(p(0.3, 0.1, 0.2)).isEqualTo(2.0 / 8);
    }

    @Test
    void manyAreTestedByDrawsThatAgreeWithTheExactOnes() {
        double[] few = {0.9, -0.4, 0.7, 0.2, -0.1, 0.5, 0.8, -0.6, 0.3, 0.45, 0.15, -0.25, 0.35, 0.05};
        double exact = PairedTest.of(few, 1).getPValue();
        // Two differences too small to matter make it too many to try all.
        double[] many = DoubleStream.concat(Arrays.stream(few), DoubleStream.of(1e-9, 1e-9))
                .toArray();

        assertThat(PairedTest.of(many, 1).getPValue()).isCloseTo(exact, within(0.01));
        assertThat(PairedTest.of(many, 1)).isEqualTo(PairedTest.of(reversed(many), 1));
    }

    @Test
    void aClearDifferenceOverManyTasksIsNeverImpossible() {
        double[] clear = DoubleStream.generate(() -> 1).limit(100).toArray();

        assertThat(PairedTest.of(clear, 1).getPValue()).isEqualTo(1e-4);
    }

    @Test
    void ofVersionsThatAreAlikeOneInTwentyIsBelowFivePercent() {
        long seed = 20261125;
        var random = new Random(seed);
        int below = 0;
        int rounds = 400;
        for (int i = 0; i < rounds; i++) {
            double[] alike = random.doubles(10, -1, 1).toArray();
            below += PairedTest.of(alike, i).getPValue() <= 0.05 ? 1 : 0;
        }

        // 20 are expected; a binomial of 400 at 0.05 is outside 8 to 34 once in 300 times.
        assertThat(below).as("seed %d", seed).isBetween(8, 34);
    }

    @Test
    void meanAndIntervalAreThoseOfTheDifferences() {
        double[] differences = {0.5, 0, 1, 0.5};

        var difference = PairedTest.of(differences, 3);

        assertThat(difference.getMean()).isEqualTo(0.5);
        assertThat(difference.getLow()).isLessThan(0.5);
        assertThat(difference.getHigh()).isGreaterThan(0.5);
        assertThat(difference.getCount()).isEqualTo(4);
        assertThatThrownBy(() -> PairedTest.of(new double[0], 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double p(double... differences) {
        return PairedTest.of(differences, 1).getPValue();
    }

    private static double[] reversed(double[] values) {
        double[] reversed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            reversed[i] = values[values.length - 1 - i];
        }
        return reversed;
    }
}
