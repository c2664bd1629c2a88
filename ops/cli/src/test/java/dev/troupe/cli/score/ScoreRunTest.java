package dev.troupe.cli.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoreRunTest {

    private static final String GOOD = "{\"id\":%d,\"completions\":{\"quality\":\"1\",\"total\":\"%d\"}}\n";

    private final Written written = new Written();

    /** Remembers what it is given. */
    private static final class Written implements ScoreRun.Output {
        private final List<String> lines = new ArrayList<>();
        private long progress;

        @Override
        public void write(LineScorer.Result result) {
            lines.add(result.json());
        }

        @Override
        public void progress(long lines, long bytesRead) {
            assertThat(lines).isGreaterThan(progress);
            progress = lines;
        }
    }

    @Test
    void manyWorkersKeepTheOrder() throws Exception {
        String file =
                IntStream.range(0, 200).mapToObj(i -> GOOD.formatted(i, i)).collect(Collectors.joining());

        ScoreTally tally = run(file, 8);

        assertThat(tally).isEqualTo(new ScoreTally(200, 0, Optional.empty()));
        assertThat(written.lines).hasSize(200);
        for (int i = 0; i < 200; i++) {
            assertThat(written.lines.get(i)).startsWith("{\"id\":%d,\"reward\":%d.0,".formatted(i, i));
        }
        assertThat(written.progress).isEqualTo(200);
    }

    @Test
    void badLinesBeforeTheFirstGoodOneAreWrittenToo() throws Exception {
        ScoreTally tally = run("bad\n\n" + GOOD.formatted(1, 2) + "worse", 1);

        assertThat(tally.lines()).isEqualTo(3);
        assertThat(tally.refused()).isEqualTo(2);
        assertThat(tally.first().orElseThrow()).startsWith("line 1: NOT_JSON");
        assertThat(written.lines).hasSize(3);
    }

    @Test
    void aFileThatIsNoJsonlIsNotAnswered() {
        assertThatThrownBy(() -> run("[1]\nno\n", 2))
                .isInstanceOf(NoJsonlException.class)
                .hasMessageContaining("none of its first 2 lines")
                .hasMessageContaining("line 1: NOT_JSON");
        assertThatThrownBy(() -> run("x\n".repeat(3000), 2))
                .isInstanceOf(NoJsonlException.class)
                .hasMessageContaining("first 1000 lines");
        assertThatThrownBy(() -> run("\n \n", 2))
                .isInstanceOf(NoJsonlException.class)
                .hasMessageContaining("no lines");
        assertThat(written.lines).isEmpty();
    }

    @Test
    void withoutASandboxNothingGoesOn() {
        String lost = GOOD.formatted(2, 2).replace("{\"id\"", "{\"mood\":\"lost\",\"id\"");

        assertThatThrownBy(() -> run(GOOD.formatted(1, 1) + lost + GOOD.formatted(3, 3), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lines can no longer be scored: no sandbox holds here");
        assertThat(written.lines).hasSize(1);
    }

    @Test
    void aVerdictDoesNotSteerTheTerminal() throws Exception {
        String hostile = "{\"id\":1,\"completions\":{\"\\u001b[31m%s\":\"\"}}\n".formatted("x".repeat(1000));

        String first = run(hostile, 1).first().orElseThrow();

        assertThat(first).contains("\\u001b[31m").doesNotContain("\u001b").hasSizeLessThan(500);
    }

    private ScoreTally run(String file, int workers) throws Exception {
        try (var lines = LineFile.of(new ByteArrayInputStream(file.getBytes(UTF_8)), LineFile.MAX_LINE)) {
            return new ScoreRun(workers, Scorers::echo).run(lines, written);
        }
    }
}
