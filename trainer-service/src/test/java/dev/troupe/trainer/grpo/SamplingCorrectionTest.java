package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.trainer.grpo.SamplingCorrection.Mode;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SamplingCorrectionTest {
    private static final double[] OLD = {-1, -1, -1};

    /** Ratios 2, 4 and 1/4: the product is 2. */
    private static final double[] SAMPLED = {-1 - Math.log(2), -1 - Math.log(4), -1 + Math.log(4)};

    @Test
    void truncatesTokens() {
        assertThat(weights(Mode.TOKEN_TRUNCATE, OptionalDouble.of(0.5), 3))
                .containsExactly(new double[] {2, 3, 0.5}, within(1e-12));
    }

    @Test
    void masksTokens() {
        assertThat(weights(Mode.TOKEN_MASK, OptionalDouble.of(0.5), 3))
                .containsExactly(new double[] {2, 0, 0}, within(1e-12));
    }

    @Test
    void weighsSequencesByTheProduct() {
        assertThat(weights(Mode.SEQUENCE_MASK, OptionalDouble.empty(), 3))
                .containsExactly(new double[] {2, 2, 2}, within(1e-12));
        assertThat(weights(Mode.SEQUENCE_MASK, OptionalDouble.empty(), 1.5)).containsExactly(0, 0, 0);
        assertThat(weights(Mode.SEQUENCE_TRUNCATE, OptionalDouble.empty(), 1.5)).containsExactly(1.5, 1.5, 1.5);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void doesNothingToWhatThePolicyDrewItself(Mode mode) {
        var correction = new SamplingCorrection(mode, OptionalDouble.empty(), 3);

        assertThat(correction.weights(OLD, OLD)).containsExactly(1, 1, 1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void isFiniteWhateverWasRecorded(Mode mode) {
        var correction = new SamplingCorrection(mode, OptionalDouble.empty(), 3);

        assertThat(DoubleStream.of(correction.weights(new double[] {-1, -2000}, new double[] {-2000, -1})))
                .allMatch(Double::isFinite);
    }

    @Test
    void refusesBoundsThatHoldNothing() {
        assertThatThrownBy(() -> new SamplingCorrection(Mode.TOKEN_MASK, OptionalDouble.of(3), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("importance_sampling_clip_min");
    }

    private static double[] weights(Mode mode, OptionalDouble min, double max) {
        return new SamplingCorrection(mode, min, max).weights(OLD, SAMPLED);
    }
}
