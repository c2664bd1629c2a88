package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenWeightsTest {
    @ParameterizedTest
    @EnumSource(
            value = LossType.class,
            names = {"GRPO", "DAPO", "DR_GRPO"})
    void doNotDependOnMicroBatches(LossType type) {
        TokenWeights weights = GoldenVectors.weights(type);
        assertThat(weights.of(3, 2, 7)).isEqualTo(weights.of(3, 4, 13));
    }

    @Test
    void ofBnpoDependOnMicroBatches() {
        TokenWeights weights = GoldenVectors.weights(LossType.BNPO);
        assertThat(weights.of(3, 2, 7)).isNotEqualTo(weights.of(3, 4, 13));
        // Two micro-batches of two sequences: the mean of their token means.
        assertThat(7 * weights.of(3, 2, 7) + 6 * weights.of(3, 2, 6)).isCloseTo(1, within(1e-12));
    }
}
