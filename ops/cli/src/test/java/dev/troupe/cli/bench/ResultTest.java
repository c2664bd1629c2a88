package dev.troupe.cli.bench;

import static dev.troupe.cli.bench.peer.Precision.BF16;
import static dev.troupe.cli.bench.peer.Precision.FP32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.troupe.cli.bench.peer.Ratio;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ResultTest {

    private static final ModelSize SMALL = ModelSize.ALL.getFirst();
    private static final ModelSize LARGE = ModelSize.ALL.getLast();
    private static final Workload SAMPLING = new Workload.Generate(8, 16, 96);

    @Test
    void roundsAreComparedWithTheirNeighbours() {
        // The machine was twice as slow in the second round and four times in the third; the ratio does not feel it.
        var ours = Measurements.of(FP32, 300.0, 150.0, 80.0);
        var theirs = Measurements.of(FP32, 100.0, 50.0, 20.0);
        assertThat(ours.over(theirs)).isEqualTo(new Ratio(3, 3, 4));
        assertThat(ours.median()).isEqualTo(150);
        assertThat(ours.best()).isEqualTo(300);
        assertThat(Measurements.of(FP32, 1.0, 4.0).median()).isEqualTo(2.5);
        assertThatIllegalArgumentException().isThrownBy(() -> ours.over(Measurements.of(FP32, 1.0)));
    }

    @Test
    void bestIsComparedWithBest() {
        var result = new Result(
                SMALL,
                SAMPLING,
                List.of(Measurements.of(FP32, 30.0), Measurements.of(FP32, 40.0)),
                List.of(Measurements.of(FP32, 10.0), Measurements.of(BF16, 20.0)));
        assertThat(result.ratio(FP32)).contains(new Ratio(4, 4, 4));
        assertThat(result.ratio(BF16)).isEmpty();
        assertThat(result.bestRatio()).contains(new Ratio(2, 2, 2));
    }

    @Test
    void targetsAreThoseOfSmallModelsAndOfTraining() {
        assertThat(Targets.of(SMALL, SAMPLING)).isEqualTo(OptionalDouble.of(2));
        assertThat(Targets.of(SMALL, new Workload.Generate(1, 16, 96))).isEmpty();
        assertThat(Targets.of(LARGE, SAMPLING)).isEmpty();
        assertThat(Targets.of(LARGE, new Workload.Train(32, 96))).isEqualTo(OptionalDouble.of(1));
    }

    @Test
    void aVerdictSaysMetOrMissed() {
        var reached =
                new Result(SMALL, SAMPLING, List.of(Measurements.of(FP32, 20.0)), List.of(Measurements.of(FP32, 10.0)));
        var missed =
                new Result(SMALL, SAMPLING, List.of(Measurements.of(FP32, 19.0)), List.of(Measurements.of(FP32, 10.0)));
        assertThat(Targets.verdict(List.of(reached)))
                .containsExactly(
                        "met: 1m, generate, batch 8, fp32: 2.00 times, target 2",
                        "met: 1m, generate, batch 8, best against best: 2.00 times, target 2");
        assertThat(Targets.verdict(List.of(missed))).allMatch(line -> line.startsWith("MISSED: "));
    }
}
