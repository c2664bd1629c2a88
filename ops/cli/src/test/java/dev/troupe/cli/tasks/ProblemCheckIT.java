package dev.troupe.cli.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.coding.benchmark.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProblemCheckIT {

    private final StringWriter said = new StringWriter();

    @Test
    void namesEveryProblemThatCannotBePlayed() {
        List<Problem> problems = List.of(
                problem(1, "assert f([]) == sorted([])", Optional.of("def f(xs):\n    return xs")),
                problem(2, "assert f([1]) == [*range(2)]", Optional.of("def f(xs):\n    return xs")),
                problem(3, "assert f([1]) == (1", Optional.empty()));

        assertThatThrownBy(() -> new ProblemCheck(new PrintWriter(said)).check(Path.of("problems.jsonl"), problems))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("problems.jsonl, line 2: t2: its reference solution passes 0 of 1 tests")
                .hasMessageContaining("problems.jsonl, line 3: t3: fields.test, line 1, column")
                .hasMessageNotContaining("t1");
        assertThat(said.toString()).contains("3 of 3 problems checked, 2 refused");
    }

    private static Problem problem(int line, String test, Optional<String> reference) {
        return new Problem(line, "t" + line, "def f(xs):\n", "f", test, reference);
    }
}
