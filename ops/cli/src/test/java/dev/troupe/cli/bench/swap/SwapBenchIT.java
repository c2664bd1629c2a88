package dev.troupe.cli.bench.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.frame.LauncherHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A few versions under load: the durations mean nothing, that no turn is dropped does. */
@ExtendWith(LauncherHome.class)
class SwapBenchIT {

    @ParameterizedTest
    @ValueSource(strings = {"finish", "carry"})
    void dropsNoTurnWhateverIsAnnounced(String mode) throws Exception {
        var plan = new SwapPlan(
                9, 2, List.of(CheckpointSize.named("tiny").orElseThrow()), List.of(mode), 24, 16, Map.of());
        var progress = new ArrayList<String>();

        SwapResult result = new SwapBench(plan, progress::add).run().results().getFirst();

        assertThat(result.refused())
                .as("each fault, once")
                .isEqualTo(Map.of(Fault.TRUNCATED, 1, Fault.VANISHED, 1, Fault.WRONG_SHAPE, 1, Fault.CORRUPT, 1));
        assertThat(result.active()).as("the first and those without a fault").isEqualTo(6);
        assertThat(result.skipped()).isZero();
        assertThat(result.dropped()).isZero();
        assertThat(result.turns().repeated()).isZero();
        assertThat(result.turns().played()).isEqualTo(result.turns().sent());
        assertThat(result.pauses().tokenAtSwap().count())
                .as("of the swaps, but for those that memory was looked at right after")
                .isBetween(1L, 6L);
        assertThat(result.pauses().pause().count()).isPositive();
        assertThat(result.busyShare()).isBetween(0.01, 1.01);
        assertThat(progress).isNotEmpty();
    }
}
