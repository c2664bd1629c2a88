package dev.troupe.cli.warmstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmStartIT {

    private static final Path SHIPPED = Path.of("..", "..", "examples", "reference-policy");

    @TempDir
    Path directory;

    @Test
    void sameSeedMakesTheSamePolicy() throws IOException {
        var progress = new ArrayList<String>();
        for (String name : new String[] {"a", "b"}) {
            var options = new WarmStartOptions(directory.resolve(name), 5, 3, 8, 1e-3, 400, 0);
            new WarmStart(options, progress::add).run();
        }
        assertThat(directory.resolve("a/model.safetensors"))
                .hasSameBinaryContentAs(directory.resolve("b/model.safetensors"));
        assertThat(directory.resolve("a/tokenizer.json")).hasSameBinaryContentAs(directory.resolve("b/tokenizer.json"));
        assertThat(progress).anyMatch(line -> line.contains("held-out exams solved"));
        assertThat(Files.exists(directory.resolve("a/tokenizer_config.json"))).isTrue();
    }

    @Test
    void shippedPolicyIsWorthTrainingAndNotYetATeam() throws IOException {
        SolveRate rate = SolveRate.of(SHIPPED);
        assertThat(rate.alone()).isGreaterThan(0.8);
        assertThat(rate.together()).isBetween(0.2, 0.5);
    }
}
