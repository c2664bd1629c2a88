package dev.troupe.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KendallTauTest {

    @Test
    void theSameOrderIsOneAndTheOppositeMinusOne() {
        assertThat(KendallTau.b(List.of(1.0, 2.0, 5.0), List.of(0.1, 0.2, 0.3))).hasValue(1.0);
        assertThat(KendallTau.b(List.of(1.0, 2.0, 5.0), List.of(3.0, 2.0, 1.0))).hasValue(-1.0);
    }

    @Test
    void oneSwapOfSixPairsIsTwoThirds() {
        // C = 5, D = 1
        assertThat(KendallTau.b(List.of(1.0, 2.0, 3.0, 4.0), List.of(1.0, 3.0, 2.0, 4.0)))
                .hasValueCloseTo(4 / 6.0, within(1e-15));
    }

    @Test
    void tiesLeaveTheirPairsOut() {
        // C = 4, D = 0; one pair tied in each, so that 5 of 6 count on either side
        assertThat(KendallTau.b(List.of(1.0, 1.0, 2.0, 3.0), List.of(1.0, 2.0, 2.0, 3.0)))
                .hasValueCloseTo(4 / 5.0, within(1e-15));
        // C = 2, D = 2; 4 pairs differ before (two ties), 6 after
        assertThat(KendallTau.b(List.of(0.0, 1.0, 1.0, 0.0), List.of(1.0, 2.0, 3.0, 4.0)))
                .hasValueCloseTo(0.0, within(1e-15));
        // C = 3, D = 0; n0 - n1 = 3, n0 - n2 = 6
        assertThat(KendallTau.b(List.of(0.0, 0.0, 0.0, 1.0), List.of(1.0, 2.0, 3.0, 4.0)))
                .hasValueCloseTo(3 / Math.sqrt(18), within(1e-15));
    }

    @Test
    void whatTiesAllRanksNothing() {
        assertThat(KendallTau.b(List.of(1.0, 1.0), List.of(1.0, 2.0))).isEmpty();
        assertThat(KendallTau.b(List.of(1.0, 2.0), List.of(0.0, -0.0))).isEmpty();
        assertThat(KendallTau.b(List.of(1.0), List.of(1.0))).isEmpty();
    }

    @Test
    void isSymmetricAndChangesSignWithTheOrder() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<Double> one = scores(random);
            List<Double> other = scores(random);
            List<Double> negated = other.stream().map(score -> -score).toList();

            assertThat(KendallTau.b(one, other)).as("seed %d", seed).isEqualTo(KendallTau.b(other, one));
            KendallTau.b(one, other)
                    .ifPresent(tau -> assertThat(KendallTau.b(one, negated))
                            .as("seed %d", seed)
                            .hasValueCloseTo(-tau, within(1e-15)));
        }
    }

    @Test
    void refusesScoringsOfDifferentThings() {
        assertThatThrownBy(() -> KendallTau.b(List.of(1.0), Collections.emptyList()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Double> scores(Random random) {
        return IntStream.range(0, 8).mapToObj(_ -> (double) random.nextInt(4)).toList();
    }
}
