package dev.troupe.cli.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {

    @Test
    void roundsAreComparedWithTheOneBesideThem() {
        assertThat(Ratio.of(List.of(2.0, 30.0, 4.0), List.of(1.0, 10.0, 1.0))).isEqualTo(new Ratio(3, 2, 4));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetween() {
        assertThat(Ratio.median(List.of(4.0, 1.0, 2.0, 8.0))).isEqualTo(3);
    }

    @Test
    void roundsMustPairUp() {
        assertThatThrownBy(() -> Ratio.of(List.of(1.0), List.of(1.0, 2.0))).hasMessageContaining("1 and 2");
    }
}
