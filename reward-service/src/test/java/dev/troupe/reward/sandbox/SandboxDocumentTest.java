package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SANDBOX.md carries what {@link SandboxMatrix} has written. */
class SandboxDocumentTest {

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "graalpy"})
    void itsMatrixHasEveryCategoryOnceAndNoPass(String column) throws Exception {
        String document = Files.readString(Path.of("SANDBOX.md"));
        String table = document.substring(
                document.indexOf(MatrixTable.begin(column)), document.indexOf(MatrixTable.end(column)));
        List<String> rows =
                table.lines().filter(line -> line.matches("\\| \\d+ \\|.*")).toList();

        assertThat(rows.stream().map(row -> row.split(" ")[1]))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, HostileProgram.CATEGORIES)
                        .mapToObj(Integer::toString)
                        .toList());
        assertThat(rows).noneMatch(row -> row.matches(".*\\bPASS\\b.*"));
        HostileProgram.all()
                .forEach(program -> assertThat(rows.get(program.category() - 1)).contains(program.title()));
    }
}
