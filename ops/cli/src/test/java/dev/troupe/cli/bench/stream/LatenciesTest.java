package dev.troupe.cli.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void takesTheNearestRank() {
        var millis =
                IntStream.rangeClosed(1, 200).mapToObj(i -> (double) (201 - i)).toList();
        assertThat(Latencies.of(millis)).isEqualTo(new Latencies(200, 100, 198, 200));
        assertThat(Latencies.of(List.of(3.0))).isEqualTo(new Latencies(1, 3, 3, 3));
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> Latencies.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
