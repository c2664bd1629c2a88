package dev.troupe.cli.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineFileTest {

    @Test
    void readsLinesWithTheirNumbers() throws IOException {
        List<LineFile.Line> lines = lines("ab\n\nc\r\n\td", 10);

        assertThat(lines).extracting(LineFile.Line::number).containsExactly(1L, 2L, 3L, 4L);
        assertThat(lines)
                .extracting(line -> new String(line.text().toArray(), UTF_8))
                .containsExactly("ab", "", "c\r", "\td");
        assertThat(lines).extracting(line -> line.text().isBlank()).containsExactly(false, true, false, false);
    }

    @Test
    void passesOverWhatIsTooLong() throws IOException {
        List<LineFile.Line> lines = lines("abcd\nabcde\nab\n", 4);

        assertThat(lines).extracting(LineFile.Line::complete).containsExactly(true, false, true);
        assertThat(lines.get(1).length()).isEqualTo(5);
        assertThat(lines.get(1).text().size()).isEqualTo(4);
    }

    @Test
    void anEmptyFileHasNoLine() throws IOException {
        assertThat(lines("", 4)).isEmpty();
    }

    private static List<LineFile.Line> lines(String text, int maxLine) throws IOException {
        var lines = new ArrayList<LineFile.Line>();
        try (var file = LineFile.of(new ByteArrayInputStream(text.getBytes(UTF_8)), maxLine)) {
            Optional<LineFile.Line> line = file.next();
            while (line.isPresent()) {
                lines.add(line.get());
                line = file.next();
            }
            assertThat(file.read()).isGreaterThanOrEqualTo(text.length());
        }
        return lines;
    }
}
