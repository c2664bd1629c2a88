package dev.troupe.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs and hostile lines in one file, with the sandbox that judges use. */
@Timeout(120)
class ScoreIT {

    private static final String LINE =
            "{\"id\":\"%s\",\"prompt\":\"Add two numbers.\",\"entry_point\":\"add\",\"test\":\"assert add(1, 2) == 3\","
                    + "\"completions\":{\"helper\":\"def helper(a, b):\\n    return a + b\",\"main\":\"%s\"}}\n";

    @TempDir
    Path directory;

    @Test
    void programsAreRunAndHostileLinesNamed() throws Exception {
        Path file = directory.resolve("completions.jsonl");
        Path output = directory.resolve("scores.jsonl");
        write(file);
        var err = new StringWriter();
        int code = Main.commandLine()
                .setErr(new PrintWriter(err))
                .execute(("score --environment coding --workers 2 --output " + output + " " + file).split(" "));

        List<JsonNode> scores = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            scores.add(new ObjectMapper().readTree(line));
        }
        assertThat(code).as(err.toString()).isEqualTo(1);
        assertThat(scores)
                .extracting(score -> score.get("id").asText())
                .containsExactly("right", "wrong", "null", "null", "nul", "endless");
        double right = scores.getFirst().get("reward").asDouble();
        assertThat(right).isPositive();
        assertThat(scores.get(1).get("reward").asDouble()).isLessThan(right);
        assertThat(scores.getLast().get("reward").asDouble()).isLessThan(right);
        assertThat(scores.get(2).get("error").asText()).startsWith("NOT_UTF8");
        assertThat(scores.get(3).get("error").asText()).startsWith("TOO_LARGE: the line has 104,857,600 bytes");
        assertThat(scores.get(4).get("error").asText()).startsWith("NUL_CHARACTER: the line.completions.main");
        assertThat(err.toString()).contains("3 of 6 lines have no score; line 3: NOT_UTF8");
    }

    private static void write(Path file) throws IOException {
        byte[] mebibyte = new byte[1 << 20];
        Arrays.fill(mebibyte, (byte) 'x');
        try (OutputStream stream = Files.newOutputStream(file)) {
            // The Latin-1 bytes of an accented letter are no UTF-8.
            stream.write((LINE.formatted("right", "def add(a, b):\\n    return helper(a, b)")
                            + LINE.formatted("wrong", "def add(a, b):\\n    return helper(a, a)")
                            + LINE.formatted("broken", "\u00e9"))
                    .getBytes(ISO_8859_1));
            for (int i = 0; i < 100; i++) {
                stream.write(mebibyte);
            }
            stream.write(("\n"
                            + LINE.formatted("nul", "\\u0000")
                            + LINE.formatted("endless", "def add(a, b):\\n    while True:\\n        pass"))
                    .getBytes(ISO_8859_1));
        }
    }
}
