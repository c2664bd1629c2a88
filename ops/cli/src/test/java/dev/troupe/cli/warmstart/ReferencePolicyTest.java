package dev.troupe.cli.warmstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped is small enough to be cloned and complete enough to be loaded. */
class ReferencePolicyTest {

    private static final Path SHIPPED = Path.of("..", "..", "examples", "reference-policy");
    private static final long MOST_BYTES = 4_000_000;

    @Test
    void isAtMostFourMegabytes() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isLessThan(MOST_BYTES);
        }
    }

    @Test
    void isAHuggingFaceDirectory() {
        assertThat(SHIPPED.resolve("config.json")).content().contains("LlamaForCausalLM");
        assertThat(SHIPPED.resolve("tokenizer.json")).isRegularFile();
        assertThat(SHIPPED.resolve("tokenizer_config.json")).content().contains("chat_template");
        assertThat(SHIPPED.resolve("generation_config.json")).isRegularFile();
        assertThat(SHIPPED.resolve("model.safetensors")).isRegularFile();
    }
}
