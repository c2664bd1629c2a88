package dev.troupe.cli.bench.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.peer.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The conversation with a process, here a shell that answers by rote. */
@DisabledOnOs(OS.WINDOWS)
class TrlSideTest {

    @TempDir
    Path directory;

    @Test
    void commandsAndAnswersAreLines() throws IOException {
        Path heard = directory.resolve("heard");
        Path script = Files.writeString(directory.resolve("script"), """
                echo '{"name": "shell '$1' '$2' '$OMP_NUM_THREADS'"}'
                read -r line; echo "$line" >%1$s; echo '{"ready": true}'
                read -r line
                echo '{"seconds": 0.5, "cpuSeconds": 0.4, "loss": 0.1, "gradNorm": 2, "peakBytes": 1024}'
                read -r line; echo "$line" >>%1$s; echo '{"saved": true}'
                """.formatted(heard));
        try (var side = new TrlSide(Path.of("sh"), script, Precision.BF16, 2, directory.resolve("errors"))) {
            assertThat(side.name()).isEqualTo("shell bf16 2 2");
            side.prepare(new Side.Task(
                    TrainerBenchTest.SIZE,
                    Work.TURNS,
                    directory,
                    new Rollouts(List.of()),
                    directory.resolve("replay")));
            assertThat(side.run()).isEqualTo(new Side.Step(0.5, 0.4, OptionalLong.of(1024), 0.1, 2));
            side.save(directory.resolve("weights"));
        }
        assertThat(heard)
                .content()
                .contains("\"given\":false", "\"newTokens\":2", "\"learningRate\":0.001")
                .contains("\"do\":\"save\"", directory.resolve("weights").toString());
    }
}
