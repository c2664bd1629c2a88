package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Steps;
import dev.troupe.reward.sandbox.OwnedSandbox;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.reward.sandbox.Sandboxes;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published scorer's numbers, its defects included. */
class CompatibleJudgeIT {

    private static final String TEST = """
            def check(candidate):
                assert candidate([1, 2]) == 3
                assert candidate([]) == 0
            """;
    private static final String HELPER = "def helper(xs):\n    return xs\n";

    private static OwnedSandbox sandbox;

    @BeforeAll
    static void start() throws Exception {
        sandbox = new Sandboxes(SandboxOptions.defaults()).start();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "def f(xs):\\n    # helper(xs)\\n    y = 0\\n    return sum(xs) | 4.0",
                "def f(xs):\\n    s = 'helper('\\n    return sum(xs) | 4.0",
                "def f(xs):\\n    if False: helper(xs)\\n    return sum(xs) | 4.0",
                "def f(xs):\\n    xs = helper(xs)\\n    return sum(xs) | 4.0",
                "def f(xs):\\n    return sum(xs) | 2.5",
                "def f(xs):\\n    return sum(helper(xs)) | 3.0",
                "def f(xs):\\n    n = 1\\n    helper (n)\\n    helper(xs)\\n    return sum(xs) | 3.5",
                "def f(xs):\\n    y = 1\\n    def g():\\n        return sum(xs)\\n    return g() | 1.5",
                "def f(xs):\\n    return sum(xs) +* 1 | 1.0",
                "def f(xs):\\n    return(sum(xs)) | 0.4",
                "LIMIT = 0\\ndef f(xs):\\n    return sum(xs) + LIMIT | 1.5",
                "def f(xs):\\n    while xs == []: pass\\n    return sum(helper(xs)) + 0 | 3.5",
            })
    void earnsWhatThePublishedScorerGives(String main, double total) throws Exception {
        Score score = score(HELPER, main.replace("\\n", "\n"));

        assertThat(terms(score)).containsEntry("total", total);
        assertThat(score.getQuality()).isEqualTo(total / 4);
    }

    @Test
    void withoutAHelperThereIsNothingToEarnForUsingIt() throws Exception {
        assertThat(terms(score("helper", "def f(xs):\n    # helper(xs)\n    return sum(xs)")))
                .containsEntry("total", 2.1);
    }

    /** The one difference: what is compared is a copy of plain values, so that this passes nothing. */
    @Test
    void anObjectEqualToEverythingIsNoAnswer() throws Exception {
        Score score = score(HELPER, "def f(xs):\n    return helper(type('A', (), {'__eq__': lambda s, o: True})())");

        assertThat(terms(score)).containsEntry("tests_passed", 0.0).containsEntry("total", 1.5);
    }

    private static Score score(String helper, String main) throws Exception {
        Task task = Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("coding")
                .setPrompt("def f(xs):\n    '''sum'''\n")
                .setFields(Map.of("test", TEST, "entry_point", "f", "scorer", "compatible"))
                .build();
        return ((Scored) new CodingEnvironment()
                        .judge(Steps.of(task, List.of(), Map.of("helper", helper, "main", main)), () -> sandbox))
                .score();
    }

    private static Map<String, Double> terms(Score score) {
        return score.getTerms().stream().collect(Collectors.toMap(Term::getName, Term::getValue));
    }
}
