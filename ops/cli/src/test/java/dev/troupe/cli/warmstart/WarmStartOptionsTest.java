package dev.troupe.cli.warmstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WarmStartOptionsTest {

    private static final Path OUT = Path.of("out");

    @Test
    void learningRateWarmsUpAndFalls() {
        var options = new WarmStartOptions(OUT, 1, 1000, 64, 1e-3, 1024, 0.6);
        assertThat(options.learningRateAt(0)).isLessThan(1e-4);
        assertThat(options.learningRateAt(50)).isEqualTo(1e-3, within(2e-5));
        assertThat(options.learningRateAt(999)).isLessThan(3e-5).isPositive();
    }

    @Test
    void refusesWhatCannotTrain() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarmStartOptions(OUT, 1, 0, 64, 1e-3, 1024, 0.6))
                .withMessageContaining("steps");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarmStartOptions(OUT, 1, 10, 64, 0, 1024, 0.6))
                .withMessageContaining("learningRate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WarmStartOptions(OUT, 1, 10, 64, 1e-3, 1024, 2))
                .withMessageContaining("leastSolved");
    }
}
