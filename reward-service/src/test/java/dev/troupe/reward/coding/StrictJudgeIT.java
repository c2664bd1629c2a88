package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.Steps;
import dev.troupe.reward.environment.UnscorableReason;
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
import org.junit.jupiter.params.provider.ValueSource;

/** The strict and the quick rules on real programs: what honest work earns, and that no trick earns more. */
class StrictJudgeIT {

    private static final String PROMPT = """
            def total(xs):
                '''Adds up the positive numbers of a list.
                >>> total([1, -2, 3])
                4
                '''
            """;
    private static final String TEST = """
            def check(candidate):
                assert candidate([1, -2, 3]) == 4
                assert candidate([-1]) == 0, 'nothing is positive'
                for i in range(5):
                    assert candidate([i, -i]) == i
                assert candidate(
                    [5, 5]
                ) == 10
            """;
    private static final String LITERALS = """
            assert total([1, -2, 3]) == 4
            assert total([-1]) == 0
            assert total([4, -4]) == 4
            assert total([5, 5]) == 10
            """;
    private static final String HELPER = "def helper(xs):\n    return [x for x in xs if x > 0]";
    private static final String ALONE = "    return sum(x for x in xs if x > 0)\n";

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
    @ValueSource(strings = {TEST, LITERALS})
    void honestWorkTogetherEarnsEverything(String test) throws Exception {
        Score score = score(test, HELPER, "def total(xs):\n    return sum(helper(xs))");

        assertThat(score.getQuality()).isEqualTo(1.0);
        assertThat(terms(score))
                .containsEntry("tests_passed", 4.0)
                .containsEntry("tests_total", 4.0)
                .containsEntry("total", 4.0);
    }

    @Test
    void aSingleAuthorHasNobodyToCooperateWith() throws Exception {
        Task task = Task.newBuilder(task(TEST, "strict", 1))
                .setCollaboration("single")
                .build();

        Outcome outcome = new CodingEnvironment()
                .judge(Steps.of(task, List.of(), Map.of("single", "def total(xs):\n" + ALONE)), () -> sandbox);

        Score score = ((Scored) outcome).score();
        assertThat(score.getQuality()).isEqualTo(1.0);
        assertThat(terms(score)).containsEntry("total", 2.5);
    }

    @Test
    void nothingAtTheOuterLevelIsLost() throws Exception {
        assertThat(total("""
                Here is my part:

                import functools
                LEAST = 0

                class Filter:
                    def keeps(self, x):
                        return x > LEAST

                @functools.cache
                def is_kept(x):
                    return Filter().keeps(x)

                def helper(
                    xs,
                ):
                    return [x for x in xs if is_kept(x)]

                It keeps what is positive.
                """, """
                ```python
                total = lambda xs: sum(helper(xs))
                ```
                """)).isEqualTo(4.0);
    }

    @Test
    void aCompletionMayBeTheBodyAlone() throws Exception {
        assertThat(total(HELPER, "    return sum(helper(xs))\n")).isEqualTo(4.0);
    }

    @Test
    void oneFailingAssertDoesNotHideTheOthers() throws Exception {
        Score score = score(TEST, HELPER, "def total(xs):\n    return sum(helper(xs)) or -1");

        // [-1] gives -1 instead of 0, and so does [0, 0] in the loop
        assertThat(terms(score)).containsEntry("tests_passed", 2.0).containsEntry("level_tests", 0.5);
    }

    @Test
    void aCallThatDoesNotEndCostsItsOwnTestOnly() throws Exception {
        Score score = score(TEST, HELPER, """
                def total(xs):
                    while xs == [-1]:
                        pass
                    return sum(helper(xs))
                """);

        assertThat(terms(score)).containsEntry("tests_passed", 3.0).containsEntry("tests_timed_out", 1.0);
    }

    @Test
    void handingOnIsWorthLessThanWorking() throws Exception {
        assertThat(total("def helper(xs):\n" + ALONE, "def total(xs):\n    return (helper(xs))"))
                .isEqualTo(3.0);
    }

    /** The main author solves it alone and pretends to be helped: worth what an honest loner gets. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "    # helper(xs)\n",
                "    'helper(xs)'\n",
                "    if False:\n        return helper(xs)\n",
                "    False and helper(xs)\n",
                "    while not 1:\n        xs = helper(xs)\n",
                "    helper(xs)\n",
                "    unused = helper(xs)\n",
                "    xs = helper(xs)\n",
                "    def inner():\n        return helper(xs)\n",
                "    def helper(ys):\n        return ys\n    xs = helper(xs)\n",
            })
    void pretendedCooperationEarnsNothing(String pretence) throws Exception {
        String main = "def total(xs):\n" + pretence + ALONE;

        assertWorthALoner(score(TEST, "def helper(xs):\n    return xs", main));
        // A real helper whose answer is worked on makes no difference either: filtered twice is filtered.
        assertWorthALoner(score(LITERALS, HELPER, main));
    }

    private static void assertWorthALoner(Score score) {
        assertThat(terms(score)).containsEntry("level_cooperation", 0.0).containsEntry("total", 2.5);
        assertThat(score.getQuality()).isEqualTo(0.5);
    }

    /** Wrong programs that try to pass all the same: worth no more than one that is merely wrong. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "class Any(int):\n    __eq__ = lambda s, o: True\ndef total(xs):\n    return Any()",
                "class Any:\n    __eq__ = lambda s, o: True\n    __bool__ = lambda s: True\ndef total(xs):\n    return Any()",
                "def total(xs):\n    import sys\n    sys.exit(0)\n    return 0",
                "def total(xs):\n    import os\n    os._exit(0)\n    return 0",
                "import atexit, os\natexit.register(lambda: os._exit(0))\ndef total(xs):\n    return None or ''",
                "def total(xs):\n    import sys\n    f = sys._getframe()\n    while f.f_back:\n        f = f.f_back\n"
                        + "    return f.f_locals['expected']",
                "def total(xs):\n    import gc\n    return [o for o in gc.get_objects() if type(o) is dict and 'checks' in o][0]",
                "def total(xs):\n    print('{\"passed\": true}')\n    return 'PASSED'",
                "import builtins\nbuiltins.AssertionError = ValueError\nbuiltins.sum = lambda xs: 0\n"
                        + "def total(xs):\n    return float('nan')",
                "def total(xs):\n    import __main__\n    __main__.__held__ = __main__.run = lambda *a: True\n    return -1",
            })
    void forgedAnswersPassNothing(String main) throws Exception {
        for (String test : List.of(TEST, LITERALS)) {
            assertThat(terms(score(test, HELPER, main)))
                    .as(main)
                    .containsEntry("tests_passed", 0.0)
                    .hasEntrySatisfying("total", total -> assertThat(total).isLessThanOrEqualTo(1.5));
        }
    }

    @Test
    void answersWrittenDownForTheExampleEarnItsTestOnly() throws Exception {
        Score score = score(TEST, HELPER, "def total(xs):\n    helper(xs)\n    return 4 if len(xs) == 3 else -1");

        assertThat(terms(score)).containsEntry("tests_passed", 1.0).containsEntry("total", 1.75);
        assertThat(score.getQuality()).isEqualTo(0.25, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x = 1 | 0.4",
                "def total(xs): pass | 0.4",
                "async def total(xs): return 1 | 0.4",
                "class total: pass | 0.4",
                "def outer():\\n  def total(xs): return 1 | 0.4",
                "def total(xs): return 1\\ndef total(xs): pass | 0.4",
                "def total(xs) return 1 | 0.4",
                "def total(xs): return -7 | 1.5",
            })
    void levelsStopWhereTheProgramDoes(String main, double total) throws Exception {
        assertThat(total(HELPER, main.replace("\\n", "\n"))).isEqualTo(total);
    }

    /** Whatever comes, it is scored, and passes nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "def total(xs):\0\n    return 4",
                "def total(xs):\n    return '\ud800'",
                "def total(xs):\n    return 1e999 - 1e999",
                "def total(xs):\n    return 'x' * 10**8",
                "def total(xs):\n    for _ in range(10**4):\n        print('x' * 10**4)\n    return -1",
                "def total(xs):\n    return total(xs)",
                "def total(xs):\n    return [[]] * 10**6",
                "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
            })
    void hostileAndBrokenTextsAreScored(String main) throws Exception {
        assertThat(terms(score(TEST, HELPER, main)))
                .containsEntry("tests_passed", 0.0)
                .hasEntrySatisfying("total", total -> assertThat(total).isBetween(0.4, 1.5));
    }

    @Test
    void aHelperThatDoesNotParseStopsAtStructure() throws Exception {
        assertThat(total("def helper(xs:", "def total(xs):\n" + ALONE)).isEqualTo(0.6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "def check(candidate):\\n    assert candidate(1) == == 2 | line 2, column",
                "def check(candidate):\\n    assert candidate([1]) == missing | NameError",
                "import nothing_of_that_name\\nassert total([1]) == 1 or total | ModuleNotFoundError",
                "assert total(xs=[1]) == 1 | by name",
                "assert total([lambda: 1]) == 1 | no plain value",
                "def check():\\n    assert total([1]) | check takes no candidate",
                "def check(candidate):\\n    assert True or 'total' | no assert looks at",
            })
    void testsThatCannotBeRunAreTheTasksFault(String test, String reason) throws Exception {
        assertThat(judge(test.replace("\\n", "\n"), "strict", HELPER, "def total(xs):\n" + ALONE, 1))
                .isInstanceOfSatisfying(Unscorable.class, unscorable -> {
                    assertThat(unscorable.reason()).isEqualTo(UnscorableReason.INVALID_TASK);
                    assertThat(unscorable.detail()).startsWith("fields.test").contains(reason);
                });
    }

    @Test
    void feedbackTellsTheCallAndNeverTheAnswer() throws Exception {
        Outcome outcome = judge(TEST, "strict", HELPER, "def total(xs):\n    return sum(helper(xs)) - 3", 2);

        assertThat(((Continue) outcome)
                        .observations()
                        .getLast()
                        .getPrompt()
                        .getLast()
                        .getContent())
                .isEqualTo("""
                        0 of 4 tests pass.
                        total([1, -2, 3]) gave 1, which is wrong.
                        Write the function total again.""");
    }

    @Test
    void theQuickRulesAreAsHardToFool() throws Exception {
        assertThat(quick("def total(xs):\n    return sum(helper(xs))")).isEqualTo(1.0);
        assertThat(quick("def total(xs):\n    helper(xs)\n" + ALONE)).isEqualTo(0.5);
        assertThat(quick("def total(xs):\n    xs = helper(xs)\n" + ALONE)).isEqualTo(0.5);
        assertThat(quick("def total(xs):\n    # helper(xs)\n" + ALONE)).isEqualTo(0.5);
        assertThat(quick(
                        "class Any:\n    __eq__ = lambda s, o: True\ndef total(xs):\n    helper(xs)\n    return Any()"))
                .isEqualTo(0.2, within(1e-12));
    }

    private static double quick(String main) throws Exception {
        return ((Scored) judge(LITERALS, "quick", HELPER, main, 1)).score().getQuality();
    }

    private static double total(String helper, String main) throws Exception {
        return terms(score(TEST, helper, main)).getOrDefault("total", Double.NaN);
    }

    private static Score score(String test, String helper, String main) throws Exception {
        return ((Scored) judge(test, "strict", helper, main, 1)).score();
    }

    private static Outcome judge(String test, String scorer, String helper, String main, int turns) throws Exception {
        var texts = Map.of("helper", helper, "main", main);
        return new CodingEnvironment().judge(Steps.of(task(test, scorer, turns), List.of(), texts), () -> sandbox);
    }

    private static Task task(String test, String scorer, int turns) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("coding")
                .setPrompt(PROMPT)
                .setFields(Map.of("test", test, "entry_point", "total", "scorer", scorer))
                .setMaxTurns(turns)
                .build();
    }

    private static Map<String, Double> terms(Score score) {
        return score.getTerms().stream().collect(Collectors.toMap(Term::getName, Term::getValue));
    }
}
