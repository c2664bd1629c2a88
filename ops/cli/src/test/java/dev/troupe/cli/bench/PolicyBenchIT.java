package dev.troupe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own side, for real, on a decoder that takes no time. */
class PolicyBenchIT {

    @TempDir
    Path directory;

    @Test
    void measuresSamplingAndTraining() throws IOException {
        var plan = new BenchPlan(
                List.of(ModelSize.of("tiny", 16, 1, 2, 1, 16)),
                List.of(new Workload.Generate(2, 4, 3), new Workload.Train(2, 5)),
                2,
                Duration.ZERO,
                Duration.ZERO);
        var progress = new ArrayList<String>();
        BenchReport report;
        try (var session = new BenchSession(progress::add)) {
            report = session.run(plan);
        }
        Path file = directory.resolve("report.json");
        report.writeJson(file);

        assertThat(progress).hasSize(2).allMatch(line -> line.startsWith("tiny, "));
        assertThat(report.ceilingGigaflops()).isGreaterThan(0.5);
        Measurement training = report.results().getLast().ours().getFirst();
        assertThat(training.rates()).hasSize(2).allMatch(rate -> rate > 0);
        // Small random weights predict almost evenly.
        assertThat(training.loss().orElseThrow()).isEqualTo(Math.log(512), within(0.1));
        assertThat(Files.readString(file)).contains("\"workload\" : \"train\"", "\"precision\" : \"fp32\"");
        assertThat(new BenchTable(report).toString()).contains("tiny");
    }
}
