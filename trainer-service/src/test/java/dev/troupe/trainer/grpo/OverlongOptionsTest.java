package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlongOptionsTest {
    /** DAPO, equation 13, with a limit of 100 and a buffer of 20: 0, then a slope, then -1. */
    @ParameterizedTest
    @CsvSource({"1, 0", "80, 0", "81, -0.05", "90, -0.5", "100, -1", "101, -1", "5000, -1"})
    void punishesMoreTheCloserTheLimit(int length, double expected) {
        assertThat(new OverlongOptions(20, 1).penalty(length, 100)).isCloseTo(expected, within(1e-12));
        assertThat(new OverlongOptions(20, 0.3).penalty(length, 100)).isCloseTo(0.3 * expected, within(1e-12));
    }

    @Test
    void punishesNothingByDefault() {
        assertThat(OverlongOptions.unused().penalty(5000, 100)).isZero();
    }

    @Test
    void mayUseTheWholeLength() {
        assertThat(new OverlongOptions(100, 1).penalty(1, 100)).isCloseTo(-0.01, within(1e-12));
    }

    @Test
    void refusesLessThanNothing() {
        assertThatThrownBy(() -> new OverlongOptions(-1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("overlong_buffer_len");
        assertThatThrownBy(() -> new OverlongOptions(1, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("overlong_penalty_factor");
    }
}
