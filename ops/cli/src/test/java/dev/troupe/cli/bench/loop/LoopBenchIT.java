package dev.troupe.cli.bench.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.frame.LauncherHome;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two steps of both sides: the times mean nothing, that both do the same work does. */
@ExtendWith(LauncherHome.class)
class LoopBenchIT {

    @Test
    void bothSidesDrawAndScoreTheSame() throws Exception {
        var plan = new LoopPlan(0, 1, 2, 2, 4, 0, 7, Map.of());
        var progress = new ArrayList<String>();

        LoopReport report = new LoopBench(plan, progress::add).run();

        assertThat(report.pipeline().getFirst().episodes())
                .hasSize(2 * 2 * 4)
                .hasSameSizeAs(report.plain().getFirst().episodes());
        assertThat(report.firstStepAgreement())
                .as("equal tokens and rewards before anything is trained")
                .isEqualTo(1);
        assertThat(report.kafkaTax().median()).isPositive();
        assertThat(report.json().get("kafkaTax").asDouble())
                .isEqualTo(report.kafkaTax().median());
        assertThat(report.pipeline().getFirst().sampling()).isBetween(0.0, 1.0);
        assertThat(report.agentBusyShare()).isBetween(0.01, 1.01);
        assertThat(report.table()).contains("pipeline", "plain loop");
        assertThat(progress).hasSizeGreaterThanOrEqualTo(2);
    }
}
