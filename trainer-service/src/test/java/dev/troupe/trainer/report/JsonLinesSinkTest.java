package dev.troupe.trainer.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSinkTest {
    @TempDir
    Path directory;

    @Test
    void writesTheGoldenLine() throws IOException {
        write(1);

        assertThat(text()).isEqualTo(Files.readString(Path.of("src/test/resources/report/training-steps.jsonl")));
    }

    @Test
    void goesOnBehindItsLastLine() throws IOException {
        write(1);
        try (var sink = new JsonLinesSink(directory)) {
            assertThat(sink.open()).contains(new StepSink.Last(1, Steps.step(1).getFinishedAt()));
            sink.write(Steps.step(2));
        }
        String whole = text();

        assertThat(whole.lines()).hasSize(2);
        try (var sink = new JsonLinesSink(directory)) {
            assertThat(sink.open().orElseThrow().step()).isEqualTo(2);
        }
        assertThat(text()).isEqualTo(whole);
    }

    @Test
    void cutsOffALineThatWasTornAnywhere() throws IOException {
        write(1);
        String first = text();
        write(2);
        String both = text();
        for (int length = first.length(); length < both.length(); length += 7) {
            Files.writeString(file(), both.substring(0, length));

            try (var sink = new JsonLinesSink(directory)) {
                assertThat(sink.open().orElseThrow().step())
                        .as("torn at %d", length)
                        .isEqualTo(1);
                sink.write(Steps.step(2));
            }

            assertThat(text()).as("torn at %d", length).isEqualTo(both);
        }
    }

    @Test
    void findsTheLastOfLinesLongerThanABlock() throws IOException {
        Files.createDirectories(directory);
        String padding = "\"x\":\"" + "y".repeat(200_000) + "\"";
        for (int step = 1; step <= 2; step++) {
            Files.writeString(
                    file(),
                    "{\"step\":%d,\"finishedAt\":7,%s}\n".formatted(step, padding),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
        try (var sink = new JsonLinesSink(directory)) {
            assertThat(sink.open()).contains(new StepSink.Last(2, 7));
        }
    }

    @Test
    void aFileOfSomethingElseIsLeftAlone() throws IOException {
        Files.writeString(file(), "{\"loss\":1}\n", UTF_8);
        try (var sink = new JsonLinesSink(directory)) {
            assertThatThrownBy(sink::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(JsonLinesSink.NAME)
                    .hasMessageContaining("move it away");
        }
        assertThat(text()).isEqualTo("{\"loss\":1}\n");
    }

    @Test
    void isWrittenByOneTrainerAtATime() throws IOException {
        try (var sink = new JsonLinesSink(directory);
                var other = new JsonLinesSink(directory)) {
            sink.open();
            assertThatThrownBy(other::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another trainer")
                    .hasMessageContaining(JsonLinesSink.NAME);
        }
        write(1);
    }

    private void write(long step) throws IOException {
        try (var sink = new JsonLinesSink(directory)) {
            sink.open();
            sink.write(Steps.step(step));
        }
    }

    private Path file() {
        return directory.resolve(JsonLinesSink.NAME);
    }

    private String text() throws IOException {
        return Files.readString(file());
    }
}
