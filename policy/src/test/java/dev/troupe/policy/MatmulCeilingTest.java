package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MatmulCeilingTest {
    @Test
    void isInTheRangeOfRealMachines() {
        // A product of this size is far from the ceiling, yet far above a plain loop on a slow core.
        assertThat(MatmulCeiling.gigaflops(256, Duration.ofMillis(5))).isBetween(0.5, 100_000.0);
    }
}
