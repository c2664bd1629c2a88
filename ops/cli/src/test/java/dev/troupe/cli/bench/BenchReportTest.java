package dev.troupe.cli.bench;

import static dev.troupe.cli.bench.peer.Precision.BF16;
import static dev.troupe.cli.bench.peer.Precision.FP32;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.troupe.cli.bench.machine.Machine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchReportTest {

    private static final Result RESULT = new Result(
            ModelSize.ALL.getFirst(),
            new Workload.Generate(8, 16, 96),
            List.of(Measurements.of(FP32, 30.0, 60.0)),
            List.of(Measurements.of(FP32, 10.0, 20.0), Measurements.of(BF16, 15.0, 15.0)));

    private static BenchReport report(double before, double after) {
        var machine = new Machine("a processor", 2, "Linux", "a JVM", "PyTorch");
        return new BenchReport(machine, new Machine.Load(before, after, 2), 100, List.of(RESULT));
    }

    @ParameterizedTest
    @CsvSource({"0, 3, true", "3.1, 1, false", "1, 3.1, false", "-1, -1, false"})
    void isQuietBelowOneAndAHalfProcessesACore(double before, double after, boolean quiet) {
        assertThat(new Machine.Load(before, after, 2).isQuiet()).isEqualTo(quiet);
    }

    @Test
    void jsonHasEveryRoundAndEveryRatio() {
        JsonNode json = report(1, 1.5).json();
        assertThat(json.at("/machine/processor").asText()).isEqualTo("a processor");
        assertThat(json.at("/loadAverage/after").asDouble()).isEqualTo(1.5);
        JsonNode result = json.at("/results/0");
        assertThat(result.at("/size").asText()).isEqualTo("1m");
        assertThat(result.at("/parameters").asLong()).isEqualTo(1_049_984);
        assertThat(result.at("/workload").asText()).isEqualTo("generate");
        assertThat(result.at("/batch").asInt()).isEqualTo(8);
        assertThat(result.at("/ours/0/rounds")).hasToString("[30.0,60.0]");
        assertThat(result.at("/ours/0/tokensPerSecond").asDouble()).isEqualTo(45);
        assertThat(result.at("/ours/0/shareOfCeiling").asDouble()).isPositive();
        assertThat(result.at("/ours/0/peakBytes").asLong()).isEqualTo(3 << 20);
        assertThat(result.at("/theirs/1/precision").asText()).isEqualTo("bf16");
        assertThat(result.at("/ratios/fp32")).hasToString("{\"median\":3.0,\"low\":3.0,\"high\":3.0}");
        assertThat(result.at("/ratios").has("bf16")).isFalse();
        assertThat(result.at("/ratios/best/median").asDouble()).isEqualTo(3);
        assertThat(json.at("/verdict")).hasSize(2);
    }

    @Test
    void aBusyMachineGetsNumbersAndNoVerdict() {
        BenchReport busy = report(1, 5);
        assertThat(busy.json().has("verdict")).isFalse();
        assertThat(busy.json().at("/quiet").asBoolean()).isFalse();
        assertThat(new BenchTable(busy).toString())
                .contains("NO VERDICT", "3.00 (3.00-3.00)")
                .doesNotContain("met:");
        assertThat(new BenchTable(report(1, 1)).toString()).contains("met: 1m").doesNotContain("NO VERDICT");
    }

    @Test
    void tableIsMarkdownWithARowForEachPrecision() {
        List<String> rows = new BenchTable(report(1, 1))
                .toString()
                .lines()
                .filter(line -> line.startsWith("|"))
                .toList();
        assertThat(rows).hasSize(5);
        assertThat(rows).extracting(String::length).containsOnly(rows.getFirst().length());
        assertThat(rows.get(2)).contains("fp32", "45", "15", "3 / 3");
        assertThat(rows.get(3)).contains("bf16", "| -");
        assertThat(rows.get(4)).contains("best");
    }
}
