package dev.troupe.reward.coding.benchmark;

import static dev.troupe.reward.coding.benchmark.BenchmarkFormat.COOP;
import static dev.troupe.reward.coding.benchmark.BenchmarkFormat.HUMANEVAL;
import static dev.troupe.reward.coding.benchmark.BenchmarkFormat.MBPP;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkFileTest {

    private static final String PROBLEM = """
            {"task_id": "%s", "prompt": "def f(x):\\n", "entry_point": "f", "test": "assert f(1) == 1"}
            """;

    @TempDir
    Path directory;

    @Test
    void readsHumanEvalAsItIsPublished() throws IOException {
        var problems = BenchmarkFile.read(Benchmarks.HUMAN_EVAL, HUMANEVAL);

        assertThat(problems).hasSize(164);
        Problem problem = problems.get(53);
        assertThat(problem.taskId()).isEqualTo("HumanEval/53");
        assertThat(problem.line()).isEqualTo(54);
        assertThat(problem.reference())
                .hasValueSatisfying(reference ->
                        assertThat(reference).startsWith(problem.prompt()).endsWith("return x + y\n"));
    }

    @Test
    void aTaskHasNoSolution() throws IOException {
        Task task =
                BenchmarkFile.read(Benchmarks.HUMAN_EVAL, HUMANEVAL).getFirst().task();

        assertThat(task.getFields()).containsOnlyKeys("entry_point", "test");
        assertThat(task.getEnvironment()).isEqualTo("coding");
    }

    @Test
    void readsAnArrayAndKnowsWhereEachEntryBegins() throws IOException {
        Path file = write("[\n" + PROBLEM.formatted("a") + ",\n\n" + PROBLEM.formatted("b") + "]");

        assertThat(BenchmarkFile.read(file, COOP)).extracting(Problem::line).containsExactly(2, 5);
        assertThat(BenchmarkFile.read(file, COOP).getFirst().reference()).isEqualTo(Optional.empty());
    }

    @Test
    void readsBothFormsOfMbpp() throws IOException {
        var problems = BenchmarkFile.read(Benchmarks.MBPP, MBPP);

        assertThat(problems)
                .extracting(Problem::entryPoint)
                .containsExactly("count_words", "widest", "shared", "halve", "by_second");
        assertThat(problems.get(1).test()).isEqualTo("""
                import math
                assert math.isclose(widest([(0, 0), (3, 4)]), 5.0)
                assert widest([(1, 1)]) == 0""");
        assertThat(problems.get(2).test()).startsWith("from collections import Counter\n");
        assertThat(problems.getFirst().taskId()).isEqualTo("MBPP/1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'task_id': 'x'} | 'prompt' is missing",
                "{'task_id': 'x', 'prompt': 3} | 'prompt' is not a text",
                "{'task_id': 'x', 'plus_input': []} | unknown field 'plus_input'; the format has task_id, prompt",
                "{'task_id': 'x', 'task_id': 'y'} | Duplicate field 'task_id'",
                "{'task_id': | not JSON",
                "{} {} | not JSON",
                "7 | not a JSON object",
                "{'task_id':'x','prompt':'p','entry_point':'f','test':'f(1)'} | fields.test holds no assert",
                "{'task_id':'x','prompt':'p','entry_point':'f g','test':'assert f(1)'} | not a Python name: 'f g'",
                "{'task_id':'ok','prompt':'p','entry_point':'f','test':'assert f(1)'} | stands on line 1 already",
            })
    void refusesWithFileLineAndReason(String line, String reason) throws IOException {
        Path file = write(PROBLEM.formatted("ok") + "\n" + line.replace('\'', '"') + "\n");

        assertThatThrownBy(() -> BenchmarkFile.read(file, HUMANEVAL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + ", line 3: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'task_id': 1, 'prompt': 'p', 'code': 'def f(x): pass'} | 'test_list' is missing or empty",
                "{'task_id': 1, 'prompt': 'p', 'code': 'x = 1', 'test_list': ['assert f(1)']} | 'code' defines no function",
                "{'task_id': 1, 'code': 'def f(x): pass', 'test_list': ['assert f(1)']} | 'prompt' (or 'text') is missing",
                "{'task_id': 1, 'prompt': 'p', 'code': 'x', 'test_list': [1]} | 'test_list' is not a list of texts",
            })
    void refusesMbppEntries(String line, String reason) throws IOException {
        Path file = write(line.replace('\'', '"'));

        assertThatThrownBy(() -> BenchmarkFile.read(file, MBPP))
                .hasMessageContaining("line 1: ")
                .hasMessageContaining(reason);
    }

    @Test
    void namesEverythingThatIsWrongAtOnce() throws IOException {
        Path file = write("7\n".repeat(12));

        assertThatThrownBy(() -> BenchmarkFile.read(file, HUMANEVAL))
                .hasMessageContaining("line 1: ")
                .hasMessageContaining("line 10: ")
                .hasMessageEndingWith("and 2 more");
    }

    @Test
    void refusesWhatIsEmptyOrNotUtf8() throws IOException {
        assertThatThrownBy(() -> BenchmarkFile.read(write("\n"), HUMANEVAL)).hasMessageContaining("holds no problem");
        Path latin = Files.write(directory.resolve("latin"), "{'ä'".getBytes(ISO_8859_1));
        assertThatThrownBy(() -> BenchmarkFile.read(latin, HUMANEVAL)).hasMessageContaining("is not UTF-8");
        assertThatThrownBy(() -> BenchmarkFile.read(write("[{}"), HUMANEVAL)).hasMessageContaining("not JSON");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("problems.jsonl"), text);
    }
}
