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

    /** DeepSeek-V3.2, equation 9. */
    @Test
    void leavesOutBadSequencesThatThePolicyHasMovedAwayFrom() {
        var masking = new SamplingCorrection(Mode.NONE, OptionalDouble.empty(), 3, OptionalDouble.of(0.5));
        double[] now = {-2, -1};
        double[] sampled = {-1, -0.9};

        // The mean of 1 and 0.1 is 0.55.
        assertThat(masking.leavesOut(-1, now, sampled)).isTrue();
        assertThat(masking.leavesOut(1, now, sampled)).isFalse();
        assertThat(masking.leavesOut(-1, sampled, now)).isFalse();
        assertThat(masking.leavesOut(-1, now, new double[] {-1, -1})).isFalse();
        assertThat(SamplingCorrection.defaults().leavesOut(-1, now, sampled)).isFalse();
    }

    @Test
    void refusesAThresholdBelowZero() {
        assertThatThrownBy(() -> new SamplingCorrection(Mode.NONE, OptionalDouble.empty(), 3, OptionalDouble.of(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("off_policy_mask_threshold");
    }

    private static double[] weights(Mode mode, OptionalDouble min, double max) {
        return new SamplingCorrection(mode, min, max).weights(OLD, SAMPLED);
    }
}
