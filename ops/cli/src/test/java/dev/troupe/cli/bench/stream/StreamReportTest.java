package dev.troupe.cli.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.stream.StreamPlan.Part;
import dev.troupe.cli.bench.stream.StreamReport.Latency;
import dev.troupe.cli.bench.stream.StreamReport.Live;
import dev.troupe.cli.bench.stream.StreamReport.Scale;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamReportTest {

    private static final StreamPlan PLAN = new StreamPlan(
            Set.of(Part.values()),
            3,
            1_000,
            10,
            4,
            Duration.ofSeconds(1),
            List.of(10, 1),
            List.of(2, 1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Map.of());

    private final StreamReport report = new StreamReport(
            PLAN,
            new Machine.Load(1, 9, 2),
            List.of(
                    measured("bare-loop", 0, 4_000, 5_000, 6_000),
                    measured("pass-through", 0, 1_000, 2_000, 9_000),
                    measured("coordinator", 100, 500, 1_000, 700)),
            Optional.of(new Latency(50, new Latencies(9, 12, 34, 56), new Latencies(9, 7, 8, 9))),
            List.of(new Live(10, measured("coordinator", 100, 800))),
            List.of(new Scale(1, 0.98), new Scale(64, 48)));

    @Test
    void comparesMedians() {
        assertThat(report.ratioToPassThrough()).contains(700.0 / 2_000);
        assertThat(report.efficiency(report.scale().getLast())).isEqualTo(0.75);
    }

    @Test
    void theLoadIsNotCountedAsThePassThrough() {
        assertThat(PlainLoad.client(PassThrough.NAME)).doesNotContain(PassThrough.THREADS);
    }

    @Test
    void plansFromTheSmallestUp() {
        assertThat(PLAN.live()).containsExactly(1, 10);
        assertThat(PLAN.agents()).containsExactly(1, 2);
    }

    @Test
    void showsWhatWasMeasured() {
        assertThat(new StreamTable(report).toString())
                .contains(
                        "| coordinator | 700 | 100 | 2.0000 | 3.0000 |",
                        "The coordinator reaches 35 % of the pass-through, 45 % with the records that judges read and"
                                + " write (goal: 50 %).",
                        "| last turn dealt to step (goal: 20, 100) | 12 | 34 | 56 |",
                        "| 10 | 800 | 2.0000 | 3.0000 |",
                        "efficiency: of the turns that thinking allows",
                        "| 64 | 48.0 | 0.75 |",
                        "The machine was busy");
    }

    @Test
    void writesItAll() {
        var json = report.json();
        assertThat(json.at("/throughput/coordinator/recordsPerSecond").asDouble())
                .isEqualTo(700);
        assertThat(json.at("/throughput/pass-through/roundsRecordsPerSecond").size())
                .isEqualTo(3);
        assertThat(json.at("/ratioToPassThrough").asDouble()).isEqualTo(0.35);
        assertThat(json.at("/latency/turnToStepMillis/p99").asDouble()).isEqualTo(34);
        assertThat(json.at("/liveGroups/0/groups").asInt()).isEqualTo(10);
        assertThat(json.at("/quiet").asBoolean()).isFalse();
        assertThat(json.at("/scale/1/efficiency").asDouble()).isEqualTo(0.75);
    }

    /** A round of a second for each rate, of which the processor works 2 s and 3 s per 1,000 records. */
    private static Measured measured(String name, long episodes, long... rates) {
        return new Measured(
                name,
                Arrays.stream(rates)
                        .mapToObj(records -> new Sample(records, episodes, 1, records * 0.002, records * 0.003))
                        .toList());
    }
}
