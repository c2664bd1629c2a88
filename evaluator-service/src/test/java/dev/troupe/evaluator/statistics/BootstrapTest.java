package dev.troupe.evaluator.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {

    @Test
    void intervalHoldsTheMeanAndIsTheSameForAnyOrder() {
        var metric = Bootstrap.mean(new double[] {1, 0, 1, 1, 0, 1, 1, 1}, 7);
        var shuffled = Bootstrap.mean(new double[] {0, 1, 1, 1, 1, 0, 1, 1}, 7);

        assertThat(metric.getMean()).isEqualTo(0.75);
        assertThat(metric.getLow()).isLessThan(0.75);
        assertThat(metric.getHigh()).isGreaterThan(0.75).isLessThanOrEqualTo(1);
        assertThat(shuffled).isEqualTo(metric);
    }

    @Test
    void equalValuesHaveNoWidth() {
        var metric = Bootstrap.mean(new double[] {0.5, 0.5, 0.5}, 1);

        assertThat(metric.getLow()).isEqualTo(0.5);
        assertThat(metric.getHigh()).isEqualTo(0.5);
    }

    @Test
    void widthIsTheNormalApproximationsForManyValues() {
        long seed = 11;
        var random = new Random(seed);
        double[] values = random.doubles(2000).toArray();

        var metric = Bootstrap.mean(values, 3);

        double expected = 2 * 1.96 * Math.sqrt(1.0 / 12 / values.length);
        assertThat(metric.getHigh() - metric.getLow()).as("seed %d", seed).isCloseTo(expected, within(expected * 0.15));
    }

    @Test
    void refusesNoValues() {
        assertThatThrownBy(() -> Bootstrap.mean(new double[0], 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
