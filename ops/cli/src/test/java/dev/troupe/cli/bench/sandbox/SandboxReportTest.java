package dev.troupe.cli.bench.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.sandbox.SandboxReport.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class SandboxReportTest {

    private static final List<Double> BARE = List.of(50.0, 10.0, 60.0);
    private static final SandboxReport REPORT = new SandboxReport(
            3,
            40,
            "bubblewrap, CPython 3.11.2",
            new Machine.Load(9, 9, 2),
            List.of(
                    new Row("6 calls", "bare CPython", BARE, BARE),
                    new Row("6 calls", "bubblewrap", List.of(25.0, 8.0, 40.0), BARE)));

    @Test
    void comparesRoundsAndNotMachinesThatWereBusyInSomeOfThem() {
        assertThat(REPORT.rows().getLast().rate()).isEqualTo(25.0);
        assertThat(REPORT.rows().getLast().timesBare()).isCloseTo(1.5, within(1e-9));
        assertThat(REPORT.rows().getFirst().timesBare()).isEqualTo(1.0);
    }

    @Test
    void saysWhatItFoundAndHowBusyTheMachineWas() {
        assertThat(REPORT.toString())
                .contains("| 6 calls | bubblewrap | 25.0 | 1.50 |")
                .contains("The machine was busy");
        assertThat(REPORT.json().get("lanes").get(1).get("roundsProgramsPerSecond"))
                .hasSize(3);
        assertThat(REPORT.json().get("quiet").booleanValue()).isFalse();
    }
}
