package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EntropyOptionsTest {
    @Test
    void interpolatesAsTorchDoes() {
        // torch.quantile(torch.tensor([4., 1., 2., 3.]), 0.8) is 3.4.
        assertThat(new EntropyOptions(0, 0.2).threshold(new double[] {4, 1, 2, 3}))
                .isCloseTo(3.4, within(1e-12));
        assertThat(new EntropyOptions(0, 0.5).threshold(new double[] {4, 1, 2, 3}))
                .isCloseTo(2.5, within(1e-12));
    }

    @Test
    void keepsAllTokensByDefault() {
        assertThat(EntropyOptions.unused().threshold(new double[] {0, 1})).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void keepsTheOnlyToken() {
        assertThat(new EntropyOptions(0, 0.2).threshold(new double[] {0.7})).isEqualTo(0.7);
    }

    @Test
    void refusesNoTokens() {
        assertThatThrownBy(() -> new EntropyOptions(0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("top_entropy_quantile");
    }
}
