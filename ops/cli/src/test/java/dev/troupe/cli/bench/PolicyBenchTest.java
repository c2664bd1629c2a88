package dev.troupe.cli.bench;

import static dev.troupe.cli.bench.peer.Precision.BF16;
import static dev.troupe.cli.bench.peer.Precision.FP32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.cli.bench.machine.PeakMemory;
import dev.troupe.cli.bench.peer.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyBenchTest {

    private static final ModelSize SIZE = ModelSize.of("tiny", 16, 1, 2, 1, 16);
    private static final Workload TRAIN = new Workload.Train(2, 5);

    @TempDir
    Path directory;

    private final List<String> log = new ArrayList<>();

    private static BenchPlan plan(int rounds, Duration round) {
        return new BenchPlan(List.of(SIZE), List.of(TRAIN), rounds, Duration.ZERO, round);
    }

    private Contender contender(String name, Precision precision, double seconds, double loss) {
        return new FakeContender(name, precision, seconds, loss, log);
    }

    @Test
    void sidesTakeTurnsAndTheWarmUpDoesNotCount() throws IOException {
        var bench = new PolicyBench(
                plan(2, Duration.ZERO),
                List.of(contender("ours", FP32, 0.5, 1)),
                List.of(contender("a", FP32, 1, 1), contender("b", BF16, 2, 1)),
                _ -> {});
        Result result = bench.run(directory).getFirst();
        assertThat(log)
                .filteredOn(line -> !line.contains("prepares"))
                .containsExactly("ours", "a", "b", "ours", "a", "b", "ours", "a", "b");
        assertThat(result.ours().getFirst().rates()).containsExactly(20.0, 20.0);
        assertThat(result.theirs().getFirst().peakBytes()).isEqualTo(OptionalLong.of(1 << 20));
        assertThat(result.bestRatio().orElseThrow().median()).isEqualTo(2);
        assertThat(directory.resolve("tiny/config.json")).isRegularFile();
    }

    @Test
    void shortRunsAreRepeatedUntilTheRoundIsLongEnough() throws IOException {
        var bench = new PolicyBench(
                plan(1, Duration.ofMillis(70)), List.of(contender("ours", FP32, 0.02, 1)), List.of(), _ -> {});
        Result result = bench.run(directory).getFirst();
        assertThat(log).filteredOn("ours"::equals).hasSize(1 + 4);
        assertThat(result.ours().getFirst().best()).isEqualTo(500);
    }

    @Test
    void anotherLossIsAnotherJob() {
        var bench = new PolicyBench(
                plan(1, Duration.ZERO),
                List.of(contender("ours", FP32, 1, 6.24)),
                List.of(contender("half", BF16, 1, 6.25), contender("theirs", FP32, 1, 6.242)),
                _ -> {});
        assertThatThrownBy(() -> bench.run(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("theirs (fp32) has loss 6.242")
                .hasMessageContaining("6.24");
    }

    @Test
    void inputsAreTheSameForAll() {
        assertThat(new Workload.Generate(3, 4, 1).inputs(512))
                .isEqualTo(new Workload.Generate(3, 4, 9).inputs(512))
                .doesNotHaveDuplicates()
                .allMatch(tokens -> tokens.size() == 4);
    }

    @Test
    void peakMemoryIsReadFromTheKernelWhereItTells() throws IOException {
        Files.writeString(directory.resolve("status"), "Name:\tjava\nVmHWM:\t    2048 kB\nThreads:\t9\n");
        var memory = new PeakMemory(directory);
        memory.reset();
        assertThat(directory.resolve("clear_refs")).hasContent("5");
        assertThat(memory.bytes()).isEqualTo(OptionalLong.of(2 << 20));
        assertThat(new PeakMemory(directory.resolve("none")).bytes()).isEmpty();
    }
}
