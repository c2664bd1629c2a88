package dev.troupe.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.audit.Fate.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code troupe chaos}; the long ones are run by hand and recorded. */
class ChaosIT {

    private static final Path CHECKPOINT =
            Path.of("..", "..", "examples", "reference-policy").toAbsolutePath().normalize();

    @Test
    @Timeout(400)
    void nothingIsLostOrDoubledWhileProcessesAreKilled(@TempDir Path directory)
            throws IOException, InterruptedException {
        // Another seed each time: what holds, holds for all.
        var plan = new ChaosPlan(160, 8, Duration.ofSeconds(3), 2, 1, System.nanoTime(), directory);
        List<String> lines = new ArrayList<>();

        ChaosReport report = new ChaosRun(plan, CHECKPOINT, lines::add).run();

        String shown = "seed %d%n%s%n%s".formatted(plan.seed(), String.join("\n", lines), report);
        assertThat(report.passed()).as(shown).isTrue();
        assertThat(report.violence().killed()).as(shown).isEqualTo(8);
        assertThat(report.audit().fed()).as(shown).isEqualTo(160);
        assertThat(report.audit().count(State.TRAINED) + report.audit().count(State.SKIPPED))
                .as(shown)
                .isGreaterThan(120);
    }
}
