package dev.troupe.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardSinkTest {
    /** Read by TensorBoard's own EventAccumulator in src/test/python/read_events.py, which says what it found. */
    private static final Path GOLDEN = Path.of("src/test/resources/report/events.out.tfevents.1790000001.troupe");

    @TempDir
    Path directory;

    @Test
    void writesTheGoldenFile() throws IOException {
        write(1);
        write(2);

        assertThat(directory).isDirectoryContaining(file -> file.getFileName().equals(GOLDEN.getFileName()));
        assertThat(Files.readAllBytes(file())).isEqualTo(Files.readAllBytes(GOLDEN));
    }

    @Test
    void goesOnBehindItsLastEvent() throws IOException {
        write(1);
        write(2);
        try (var sink = new TensorBoardSink(directory)) {
            assertThat(sink.open()).contains(new StepSink.Last(2, Steps.step(2).getFinishedAt()));
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(Files.readAllBytes(GOLDEN));
    }

    @Test
    void cutsOffAnEventThatWasTornAnywhere() throws IOException {
        write(1);
        int first = Files.readAllBytes(file()).length;
        byte[] both = Files.readAllBytes(GOLDEN);
        for (int length = 0; length < both.length; length += 7) {
            Files.write(file(), Arrays.copyOf(both, length));
            long last;
            try (var sink = new TensorBoardSink(directory)) {
                last = sink.open().map(StepSink.Last::step).orElse(0L);
                for (long step = last + 1; step <= 2; step++) {
                    sink.write(Steps.step(step));
                }
            }
            assertThat(last).as("torn at %d", length).isEqualTo(length < first ? 0 : 1);
            assertThat(Files.readAllBytes(file())).as("torn at %d", length).isEqualTo(both);
        }
    }

    @Test
    void aChangedByteEndsTheFile() throws IOException {
        byte[] changed = Files.readAllBytes(GOLDEN);
        changed[changed.length - 10] ^= 1;
        Path file = directory.resolve(GOLDEN.getFileName());
        Files.write(file, changed);
        try (var sink = new TensorBoardSink(directory)) {
            assertThat(sink.open().orElseThrow().step()).isEqualTo(1);
        }
    }

    @Test
    void recordsThatAreNoEventsAreLeftAlone() throws IOException {
        Path file = directory.resolve(GOLDEN.getFileName());
        try (var records = RecordFile.open(file, _ -> {})) {
            records.append(new byte[] {7, 7, 7});
        }
        try (var sink = new TensorBoardSink(directory)) {
            assertThatThrownBy(sink::open).isInstanceOf(IOException.class).hasMessageContaining("move it away");
        }
    }

    private void write(long step) throws IOException {
        try (var sink = new TensorBoardSink(directory)) {
            sink.open();
            sink.write(Steps.step(step));
        }
    }

    private Path file() {
        return directory.resolve(GOLDEN.getFileName());
    }
}
