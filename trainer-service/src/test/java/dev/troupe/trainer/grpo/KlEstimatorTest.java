package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KlEstimatorTest {
    private static final int CLASSES = 6;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(
            value = KlEstimator.class,
            names = {"K2", "K3"})
    void isNeverNegative(KlEstimator estimator) {
        random.doubles(1000, -30, 30)
                .forEach(difference -> assertThat(estimator.value(difference))
                        .as("seed %d, %s", seed, difference)
                        .isNotNegative());
        assertThat(estimator.value(0)).isZero();
    }

    /** The expectation over what the policy draws is {@code sum of p log(p / q)}. */
    @ParameterizedTest
    @EnumSource(
            value = KlEstimator.class,
            names = {"K1", "K3"})
    void isTheDivergenceOnAverage(KlEstimator estimator) {
        for (int round = 0; round < 50; round++) {
            double[] policy = categorical();
            double[] reference = categorical();

            assertThat(expectation(estimator, policy, reference))
                    .as("seed %d, round %d", seed, round)
                    .isCloseTo(divergence(policy, reference), within(1e-12));
        }
    }

    /** To second order, so it is close for policies that are. */
    @Test
    void k2IsTheDivergenceOnlyNearTheReference() {
        double[] policy = {0.5, 0.5};

        assertThat(expectation(KlEstimator.K2, policy, new double[] {0.501, 0.499}))
                .isCloseTo(divergence(policy, new double[] {0.501, 0.499}), within(1e-9));
        assertThat(expectation(KlEstimator.K2, policy, new double[] {0.9, 0.1}))
                .isNotCloseTo(divergence(policy, new double[] {0.9, 0.1}), within(0.1));
    }

    @ParameterizedTest
    @EnumSource(KlEstimator.class)
    void hasTheGradientOfItsValue(KlEstimator estimator) {
        double h = 1e-6;
        random.doubles(100, -3, 3)
                .forEach(difference -> assertThat(estimator.gradient(difference))
                        .as("seed %d, %s", seed, difference)
                        .isCloseTo(
                                (estimator.value(difference + h) - estimator.value(difference - h)) / (2 * h),
                                within(1e-6)));
    }

    private static double expectation(KlEstimator estimator, double[] policy, double[] reference) {
        double sum = 0;
        for (int i = 0; i < policy.length; i++) {
            sum += policy[i] * estimator.value(Math.log(policy[i]) - Math.log(reference[i]));
        }
        return sum;
    }

    private static double divergence(double[] policy, double[] reference) {
        double sum = 0;
        for (int i = 0; i < policy.length; i++) {
            sum += policy[i] * Math.log(policy[i] / reference[i]);
        }
        return sum;
    }

    private double[] categorical() {
        double[] weights = random.doubles(CLASSES, 0.01, 1).toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }
}
