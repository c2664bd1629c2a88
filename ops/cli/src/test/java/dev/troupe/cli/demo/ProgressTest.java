package dev.troupe.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final long START = 1_000_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Progress progress(boolean terminal) {
        return new Progress(new PrintStream(bytes, true, UTF_8), terminal, 10, 2, Measure.PASS_RATE);
    }

    private String shown() {
        return bytes.toString(UTF_8);
    }

    @Test
    void redrawsOneLineOnATerminal() {
        var progress = progress(true);
        progress.phase("training", START);
        progress.episode(START);
        for (int step = 1; step <= 5; step++) {
            progress.step(Contest.TEAM, Records.step(Contest.TEAM, step, 0.4), START + step * 1000L);
        }
        progress.end();
        assertThat(shown()).contains("\r").containsOnlyOnce("\n").endsWith("\n");
        assertThat(shown())
                .contains("training [######..................]")
                .contains("team v5 reward 0.40 pass rate 50%")
                .contains("episodes/s");
    }

    @Test
    void tellsTheTimeLeftFromThePaceSoFar() {
        var progress = progress(true);
        progress.step(Contest.TEAM, Records.step(Contest.TEAM, 1, 0.4), START);
        progress.step(Contest.SINGLE, Records.step(Contest.SINGLE, 1, 0.4), START + 2000);
        // 1 step in 2 s, 18 of 20 left.
        assertThat(shown()).contains("about 36 s left");
    }

    @Test
    void saysNothingOfTimeAtTheEnd() {
        var progress = progress(true);
        progress.step(Contest.TEAM, Records.step(Contest.TEAM, 10, 0.4), START);
        progress.step(Contest.SINGLE, Records.step(Contest.SINGLE, 10, 0.4), START + 2000);
        assertThat(shown().substring(shown().lastIndexOf('\r')))
                .contains("[########################]")
                .doesNotContain("left");
    }

    @Test
    void writesPlainLinesNowAndThenElsewhere() {
        var progress = progress(false);
        progress.phase("training", START);
        for (int second = 1; second <= 9; second++) {
            progress.step(Contest.TEAM, Records.step(Contest.TEAM, second, 0.4), START + second * 1000L);
        }
        progress.end();
        assertThat(shown()).doesNotContain("\r").doesNotContain("\033");
        assertThat(shown().lines()).hasSize(2).first().isEqualTo("training ...");
    }
}
