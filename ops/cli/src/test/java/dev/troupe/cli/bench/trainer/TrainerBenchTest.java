package dev.troupe.cli.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import dev.troupe.policy.Backend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerBenchTest {

    static final GrpoSize SIZE = new GrpoSize("tiny", GrpoSize.config(16, 1, 32, 2, 16), 2);

    private static final TrainerPlan PLAN = new TrainerPlan(
            List.of(SIZE),
            List.of(Work.TRAIN),
            List.of(Precision.FP32),
            Backend.NDARRAY,
            2,
            2,
            new TrainerPlan.Durations(Duration.ZERO, Duration.ZERO));

    @TempDir
    Path directory;

    private final List<String> log = new ArrayList<>();

    private List<TrainerResult> run(Side ours, Side theirs) throws IOException {
        return new TrainerBench(PLAN, log::add)
                .run(
                        new TrainerBench.Sides() {
                            @Override
                            public List<Side> ours() {
                                return List.of(ours);
                            }

                            @Override
                            public List<Side> theirs(Work work) {
                                return List.of(theirs);
                            }
                        },
                        directory);
    }

    @Test
    void sidesTakeTurnsAfterTheStepsThatAreCompared() throws IOException {
        var result = run(new FakeSide("a", 0.5, 1, log), new FakeSide("b", 1, 1, log))
                .getFirst();
        assertThat(log)
                .filteredOn(line -> line.length() == 1)
                .containsExactly("a", "a", "b", "b", "a", "b", "a", "b", "a", "b");
        assertThat(result.ratio(Precision.FP32, Precision.FP32)).contains(new Ratio(2, 2, 2));
        assertThat(result.agreement()).contains(new Agreement(2, 0, 0, 0, 0));
        assertThat(directory.resolve("tiny.json")).content().contains("\"generations\" : 8", "\"reward\"");
    }

    @Test
    void otherWeightsAreOtherWork() {
        assertThatThrownBy(() -> run(new FakeSide("a", 1, 1, log), new FakeSide("b", 1, 2, log)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not the same work");
    }

    @Test
    void aStepThatLostAnUpdateIsOtherWork() {
        double rate = TroupeSide.LEARNING_RATE;
        assertThat(new Agreement(5, 1e-8, 1e-6, rate, 1e-3 * rate).holds(rate)).isTrue();
        assertThat(new Agreement(5, 1e-8, 1e-6, rate, 0.2 * rate).holds(rate)).isFalse();
        assertThat(new Agreement(5, 1e-8, 1e-2, rate, 1e-3 * rate).holds(rate)).isFalse();
        assertThat(new Agreement(5, 1e-4, 1e-6, rate, 1e-3 * rate).holds(rate)).isFalse();
    }

    @Test
    void sizesAreThoseOfTheFacts() {
        assertThat(GrpoSize.ALL)
                .extracting(size -> size.config().parameterCount())
                .containsExactly(90_624L, 869_504L, 5_475_584L);
    }

    @Test
    void reportsRatiosAndTargetsOfAQuietMachineOnly() {
        var ours = new Steps("a", Precision.BF16, List.of(0.1), List.of(0.1), OptionalLong.of(1 << 20));
        var theirs = new Steps("b", Precision.FP32, List.of(0.25), List.of(0.25), OptionalLong.empty());
        var result =
                new TrainerResult(GrpoSize.ALL.getLast(), Work.TURNS, List.of(ours), List.of(theirs), Optional.empty());
        var machine = new Machine("CPU", 2, "Linux", "Java", "PyTorch");
        var quiet = new TrainerReport(machine, new Machine.Load(1, 1, 2), List.of(result));
        assertThat(new TrainerTable(quiet).toString())
                .contains("| 5m | turns | bf16 / fp32 | 100.0 / 250.0 |", "2.50 (2.50-2.50)", "20,480 / 8,192", "1 / -")
                .contains("met: 5m, turns, bf16 against fp32: 2.50 times, target 2.0");
        assertThat(quiet.json().at("/results/0/ratios/bf16~1fp32/median").asDouble())
                .isEqualTo(2.5);
        var busy = new TrainerReport(machine, new Machine.Load(9, 9, 2), List.of(result));
        assertThat(new TrainerTable(busy).toString()).contains("NO VERDICT").doesNotContain("target");
        assertThat(busy.json().has("verdict")).isFalse();
    }
}
