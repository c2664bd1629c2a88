package dev.troupe.cli.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.Backend;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Our own side, for real, at the smallest size. */
class TrainerBenchIT {

    @Test
    void takesStepsOfEachKind() throws IOException {
        var plan = new TrainerPlan(
                List.of(GrpoSize.ALL.getFirst()),
                List.of(Work.values()),
                List.of(Precision.FP32),
                Backend.TORCHSCRIPT,
                1,
                2,
                new TrainerPlan.Durations(Duration.ZERO, Duration.ZERO));
        var progress = new ArrayList<String>();
        TrainerReport report;
        try (var session = new TrainerSession(plan, progress::add)) {
            report = session.run();
        }

        assertThat(progress).hasSize(3).allMatch(line -> line.startsWith("90k, "));
        assertThat(report.results())
                .extracting(TrainerResult::work)
                .containsExactly(Work.TRAIN, Work.TURNS, Work.OVERLAP);
        assertThat(report.results())
                .allMatch(result -> result.tokens() == 1024 && result.theirs().isEmpty());
        assertThat(report.results())
                .allMatch(result -> result.ours().getFirst().seconds().size() == 2
                        && result.ours().getFirst().minimum() > 0);
        assertThat(new TrainerTable(report).toString()).contains("90k", "overlap");
    }
}
