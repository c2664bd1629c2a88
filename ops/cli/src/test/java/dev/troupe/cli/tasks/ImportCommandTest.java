package dev.troupe.cli.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportCommandTest {

    private static final String PROBLEM = """
            {"task_id": "t/1", "prompt": "def f(x):\\n", "entry_point": "f", \
            "test": "def check(candidate):\\n    assert candidate(1) == 1\\n", "canonical_solution": "    return x\\n"}
            """;

    @TempDir
    Path directory;

    @Test
    void writesTasksThatCanBeFed() throws IOException {
        Path out = directory.resolve("tasks.jsonl");

        assertThat(run(PROBLEM, "--scorer", "compatible", "--out", out.toString()))
                .isEqualTo("1 tasks written to " + out + System.lineSeparator());

        Task task = TaskJson.read(out).getFirst();
        assertThat(task.getTaskId()).isEqualTo("t/1");
        assertThat(task.getFields())
                .containsEntry("entry_point", "f")
                .containsEntry("scorer", "compatible")
                .containsOnlyKeys("entry_point", "scorer", "test");
    }

    @Test
    void writesNothingWhereAProblemIsRefused() throws IOException {
        Path out = directory.resolve("tasks.jsonl");

        assertThat(run(PROBLEM + PROBLEM, "--out", out.toString())).contains("line 2: task_id 't/1' stands on line 1");
        assertThat(out).doesNotExist();
    }

    /** What the command said, errors included. */
    private String run(String problems, String... options) throws IOException {
        Path file = Files.writeString(directory.resolve("problems.jsonl"), problems);
        var said = new StringWriter();
        new CommandLine(new ImportCommand())
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(arguments(file, options));
        return said.toString();
    }

    private static String[] arguments(Path file, String... options) {
        var arguments = new String[options.length + 3];
        arguments[0] = "--format";
        arguments[1] = "humaneval";
        arguments[2] = file.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return arguments;
    }
}
