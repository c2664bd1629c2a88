package dev.troupe.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.cli.bench.peer.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The conversation with a process, here a shell that answers by rote. */
@DisabledOnOs(OS.WINDOWS)
class TransformersContenderTest {

    private static final ModelSize SIZE = ModelSize.of("tiny", 16, 1, 2, 1, 16);
    private static final Workload TRAIN = new Workload.Train(2, 5);

    @TempDir
    Path directory;

    private TransformersContender contender(String script) throws IOException {
        Path file = Files.writeString(directory.resolve("script"), script);
        return new TransformersContender(Path.of("sh"), file, Precision.BF16, directory.resolve("errors"));
    }

    @Test
    void commandsAndAnswersAreLines() throws IOException {
        Path heard = directory.resolve("heard");
        try (var contender = contender("""
                echo '{"name": "shell '$1' '$2' '$OMP_NUM_THREADS'"}'
                read -r line; echo "$line" >%s; echo '{"ready": true}'
                read -r line; echo '{"seconds": 0.5, "tokens": 10, "loss": 6.2, "peakBytes": 1024}'
                """.formatted(heard))) {
            assertThat(contender.name()).isEqualTo("shell bf16 1 1");
            contender.prepare(SIZE, directory.resolve("model"), TRAIN);
            assertThat(contender.run())
                    .isEqualTo(new Contender.Run(0.5, OptionalLong.of(1024), OptionalDouble.of(6.2)));
        }
        assertThat(heard)
                .content()
                .contains(
                        "\"do\":\"train\"",
                        "\"learningRate\":1.0E-4",
                        directory.resolve("model").toString())
                .contains("\"tokens\":[[");
    }

    @Test
    void fewerTokensAreNotTheSameWork() throws IOException {
        try (var contender = contender("""
                echo '{"name": "shell"}'; read -r line; echo '{}'; read -r line; echo '{"seconds": 1, "tokens": 9}'
                """)) {
            contender.prepare(SIZE, directory, TRAIN);
            assertThatThrownBy(contender::run)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("made 9 tokens, not 10");
        }
    }

    @Test
    void aProcessThatEndsIsQuoted() {
        assertThatThrownBy(() -> contender("echo 'No module named torch' >&2; exit 1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No module named torch");
    }

    @Test
    void aProcessThatEndsLaterIsQuotedToo() throws IOException {
        try (var contender = contender("echo '{\"name\": \"shell\"}'; read -r line; echo 'out of memory' >&2")) {
            assertThatThrownBy(() -> contender.prepare(SIZE, directory, TRAIN))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("out of memory");
        }
    }
}
