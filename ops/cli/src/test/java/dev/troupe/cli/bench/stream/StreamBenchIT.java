package dev.troupe.cli.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.stream.StreamPlan.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every part of the benchmark, as small as it gets: the figures mean nothing, that they come does. */
class StreamBenchIT {

    @Test
    void measuresEveryPart() throws Exception {
        var plan = new StreamPlan(
                Set.of(Part.values()),
                1,
                500,
                4,
                4,
                Duration.ofSeconds(1),
                List.of(1, 5),
                List.of(1, 2),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Map.of("coordinator.store", "memory"));
        var progress = new ArrayList<String>();
        StreamReport report = new StreamBench(plan, progress::add).run();

        assertThat(report.lanes())
                .extracting(Measured::name)
                .containsExactly("bare-loop", "pass-through", "coordinator");
        assertThat(report.lanes()).allSatisfy(lane -> {
            assertThat(lane.median(Sample::recordsPerSecond)).isPositive();
            assertThat(lane.median(Sample::processCpuPerThousand)).isPositive();
        });
        assertThat(report.lanes().getLast().median(Sample::ownCpuPerThousand))
                .as("threads of the coordinator are found by their names")
                .isPositive();
        assertThat(report.latency().orElseThrow().fromTurn().count()).isGreaterThanOrEqualTo(8);
        assertThat(report.live()).extracting(StreamReport.Live::groups).containsExactly(1, 5);
        assertThat(report.scale()).hasSize(2).allMatch(scale -> scale.turnsPerSecond() > 0);
        assertThat(progress).hasSizeGreaterThan(6);
    }
}
