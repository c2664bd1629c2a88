package dev.troupe.evaluator.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PassAtKTest {

    @Test
    void isTheShareOfSubsetsThatHoldAPassedSample() {
        for (int n = 1; n <= 10; n++) {
            for (int c = 0; c <= n; c++) {
                for (int k = 1; k <= n; k++) {
                    assertThat(PassAtK.of(n, c, k))
                            .as("n %d, c %d, k %d", n, c, k)
                            .isCloseTo(counted(n, c, k), within(1e-12));
                }
            }
        }
    }

    @Test
    void ofOneIsTheShareThatPassed() {
        assertThat(PassAtK.of(8, 3, 1)).isCloseTo(3.0 / 8, within(1e-15));
    }

    @Test
    void staysFiniteWhereBinomialsOverflow() {
        assertThat(PassAtK.of(10_000, 1, 5_000)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void moreThanWasDrawnIsNotDefined() {
        assertThatThrownBy(() -> PassAtK.of(2, 1, 3)).hasMessageContaining("pass@3 of 2 samples");
        assertThatThrownBy(() -> PassAtK.of(2, 3, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PassAtK.of(2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** All subsets of k of n samples, of which the first c passed. */
    private static double counted(int n, int c, int k) {
        int all = 0;
        int holding = 0;
        for (int subset = 0; subset < 1 << n; subset++) {
            if (Integer.bitCount(subset) == k) {
                all++;
                holding += (subset & ((1 << c) - 1)) == 0 ? 0 : 1;
            }
        }
        return (double) holding / all;
    }
}
