package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.PythonValue.Real;
import dev.troupe.reward.sandbox.PythonValue.Text;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every sandbox does. */
abstract class SandboxContract {

    static final Duration DEADLINE = Duration.ofSeconds(2);

    abstract Sandbox sandbox();

    @Test
    void runsTheUnitsOfTwoAuthorsTogether() throws Exception {
        var program = new PythonProgram(
                "import math\n",
                List.of(
                        new Unit("helper", "def helper(xs):\n    return [x for x in xs if x > 0]\n"),
                        new Unit("main", "def main(xs):\n    return sum(helper(xs)) + math.floor(0.5)\n")),
                List.of("main([1, -2, 3])", "main([])"));

        SandboxVerdict verdict = sandbox().run(program);

        assertThat(verdict)
                .isEqualTo(new Finished(
                        List.of(new UnitResult(true, true, 2, ""), new UnitResult(true, true, 2, "")),
                        List.of(new Returned(Int.of(4)), new Returned(Int.of(0)))));
    }

    @Test
    void readsEveryPlainTypeAsPythonMeansIt() throws Exception {
        Finished finished = finished(
                "x = 0\n",
                "(1, -2.5, 'a\\u00e9\\U0001F600', True, None, [1], {'k': (2,)}, {3}, 10**40, '\\ud800', ())");

        assertThat(finished.calls().getFirst())
                .isInstanceOfSatisfying(
                        Returned.class,
                        returned -> assertThat(returned.value().literal())
                                .isEqualTo("(1, -2.5, 'a\u00e9\uD83D\uDE00', True, None, [1], {'k': (2,)}, {3}, 1"
                                        + "0".repeat(40) + ", '\\ud800', ())"));
    }

    @Test
    void aUnitThatDoesNotLoadLeavesTheOthersAlone() throws Exception {
        var program = new PythonProgram(
                "",
                List.of(new Unit("helper", "def helper(:\n"), new Unit("main", "def main():\n    return 7\n")),
                List.of("main()"));

        Finished finished = (Finished) sandbox().run(program);

        assertThat(finished.units().getFirst().error()).startsWith("SyntaxError");
        assertThat(finished.calls()).containsExactly(new Returned(Int.of(7)));
    }

    @Test
    void aFunctionCountsOnlyFromItsOwnUnit() throws Exception {
        var program = new PythonProgram(
                "",
                List.of(new Unit("helper", "def main():\n    return 7\n"), new Unit("main", "x = 1\n")),
                List.of("main()"));

        Finished finished = (Finished) sandbox().run(program);

        assertThat(finished.units().getLast().defined()).isFalse();
        assertThat(finished.calls().getFirst()).isInstanceOf(Raised.class);
    }

    @Test
    void aHelperThatMainDefinesAnewIsNotEntered() throws Exception {
        var program = new PythonProgram(
                "",
                List.of(
                        new Unit("helper", "def helper():\n    return 1\n"),
                        new Unit("main", "def helper():\n    return 2\ndef main():\n    return helper()\n")),
                List.of("main()"));

        assertThat(((Finished) sandbox().run(program)).units().getFirst().entered())
                .isZero();
    }

    @Test
    void programsDoNotSeeOneAnother() throws Exception {
        sandbox().run(program("import builtins\nbuiltins.left = 1\nlen = 5\n", "1"));

        assertThat(finished("import builtins\n", "hasattr(builtins, 'left')", "len([1])")
                        .calls())
                .containsExactly(new Returned(new Bool(false)), new Returned(Int.of(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while True: pass",
                "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
                "import time\ntime.sleep(1000)",
                "x = 3 ** (10 ** 9)",
                "while True: print('x' * 100000)",
            })
    void stopsWhatDoesNotEnd(String source) throws Exception {
        long started = System.nanoTime();

        SandboxVerdict verdict = sandbox().run(program(source, "1"));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.failure()).isIn(Failure.TIMEOUT, Failure.MEMORY, Failure.OUTPUT));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(DEADLINE.plusSeconds(3));
        assertThatTheNextProgramRuns();
    }

    @Test
    void stopsACallThatDoesNotEnd() throws Exception {
        SandboxVerdict verdict = sandbox().run(program("def f():\n    while True: pass\n", "1", "f()"));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.TIMEOUT));
    }

    @Test
    void aProgramThatTakesTheHeapIsAVerdict() throws Exception {
        SandboxVerdict verdict = sandbox()
                .run(program(
                        "x = []\nwhile True:\n    try:\n        x.append([0] * 10000000)\n    except MemoryError: pass\n",
                        "1"));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isIn(Failure.MEMORY, Failure.TIMEOUT));
        assertThatTheNextProgramRuns();
    }

    @Test
    void recursionIsAnError() throws Exception {
        assertThat(finished("def f(n):\n    return f(n + 1) + 1\n", "f(0)", "7").calls())
                .satisfiesExactly(
                        call -> assertThat(call)
                                .isInstanceOfSatisfying(
                                        Raised.class,
                                        raised -> assertThat(raised.type()).isEqualTo("RecursionError")),
                        call -> assertThat(call).isEqualTo(new Returned(Int.of(7))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import sys; sys.exit(0)",
                "exit()",
                "raise SystemExit",
                "import os; os._exit(0)",
                "import os; os.abort()",
                "import os; os.kill(os.getpid(), 9)",
                "import os; os.kill(os.getppid(), 9)",
                "import signal; signal.raise_signal(9)",
                "import atexit\ndef stay():\n    while True: pass\natexit.register(stay)",
                "import os; os.close(1); os.close(0)",
                "import os; os.write(1, b'\\x00\\x00\\x00\\x12' + b'\\x00' * 16 + b'\\x03' + b'\\x01')",
                "import sys; sys.stdout.write('x' * 10000000); sys.stderr.write('x' * 10000000)",
                "import sys; sys.stdin.read()",
                "import gc; gc.collect()",
                "import sys; sys.setrecursionlimit(10 ** 9)",
            })
    void noWayOutOrOverTheChannelMakesAPass(String source) throws Exception {
        SandboxVerdict verdict = sandbox().run(program(source, "no_such_name"));

        if (verdict instanceof Finished finished) {
            assertThat(finished.calls()).allMatch(Raised.class::isInstance);
        }
        assertThatTheNextProgramRuns();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "class A:\n    def __eq__(self, other): return True\nv = A()",
                "class A(int):\n    def __eq__(self, other): return True\nv = A(3)",
                "class A(str): pass\nv = A('3')",
                "class A(list): pass\nv = A([3])",
                "class int(int): pass\nv = int(3)",
                "import sys\nv = sys._getframe()",
                "v = type",
                "v = []\nv.append(v)",
                "v = lambda: 3",
                "v = 'x' * 10000000",
                "v = list(range(1000000))",
                "v = object()",
            })
    void onlyPlainValuesAreValues(String source) throws Exception {
        assertThat(finished(source, "v").calls().getFirst()).isInstanceOf(NotAValue.class);
    }

    @Test
    void theFramesOfAProgramHoldNothingOfTheGrader() throws Exception {
        String source = """
                import sys, gc
                def main(x):
                    names = []
                    frame = sys._getframe()
                    while frame is not None:
                        names += [n for n in frame.f_locals if n not in ('x', 'names', 'frame')]
                        frame = frame.f_back
                    return [n for n in names if 'expect' in n or 'answer' in n or 'call' in n]
                """;

        assertThat(finished(source, "main(1)").calls()).containsExactly(new Returned(new ListOf(List.of())));
    }

    @Test
    void aScriptCallsTheProgramAndComparesWhereTheProgramCannotLook() throws Exception {
        String script = """
                def run(candidate, input):
                    for i in range(input):
                        assert candidate('main', i) == i * i
                    assert candidate('echo', SAMPLE) == [SAMPLE]
                    try:
                        candidate('main', 'x')
                    except CandidateError as e:
                        return (e.type, str(e), [type(x).__name__ for x in candidate('echo', SAMPLE)[0]])
                SAMPLE = (1, -2.5, 'a\\u00e9\\U0001F600', True, None, [1], {'k': (2,)}, {3}, 10**40, '\\ud800', (), b'\\xff\\0')
                """;
        var program = new PythonProgram(
                "",
                List.of(new Unit("main", "def main(x):\n    return x * x\ndef echo(*args):\n    return list(args)\n")),
                List.of("main(3)"),
                Optional.of(new Script(script, Int.of(50))));

        Finished finished = (Finished) sandbox().run(program);

        assertThat(finished.calls()).containsExactly(new Returned(Int.of(9)));
        assertThat(finished.units().getFirst().entered()).isEqualTo(52);
        assertThat(finished.script().orElseThrow())
                .isInstanceOfSatisfying(
                        Returned.class,
                        returned -> assertThat(returned.value().literal())
                                .startsWith("('TypeError', 'can\\'t multiply")
                                .endsWith("['int', 'float', 'str', 'bool', 'NoneType', 'list', 'dict', 'set', 'int',"
                                        + " 'str', 'tuple', 'bytes'])"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def main(x):\n    class A:\n        def __eq__(self, other): return True\n    return A()",
                "def main(x):\n    import sys\n    return sys._getframe(1).f_locals['expected']",
                "def main(x):\n    import gc\n    return [o for o in gc.get_objects() if o == 'secret'][0]",
                "def main(x):\n    import __main__\n    return __main__.expected",
                "def main(x):\n    raise SystemExit(0)",
                "def main(x):\n    global main\n    x.clear(); x.append('secret'); return None",
                "import builtins\nbuiltins.list = None\ndef main(x):\n    return 'secre'",
                "x = 1",
            })
    void noProgramLearnsWhatItsScriptExpects(String source) throws Exception {
        String script = """
                expected = 'secret'
                def run(candidate, input):
                    given = [0]
                    try:
                        return candidate('main', given) == expected or given != [0]
                    except CandidateError as e:
                        return e.type == expected
                """;
        SandboxVerdict verdict = sandbox()
                .run(new PythonProgram(
                        "", List.of(new Unit("main", source)), List.of(), Optional.of(new Script(script, new None()))));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished -> assertThat(finished.script()).contains(new Returned(new Bool(false))));
        assertThatTheNextProgramRuns();
    }

    @Test
    void aScriptAloneParsesText() throws Exception {
        String script = """
                import ast
                def run(candidate, input):
                    return [node.name for node in ast.walk(ast.parse(input)) if isinstance(node, ast.FunctionDef)]
                """;

        assertThat(script(script, "def f():\n    def g(): pass\n"))
                .isEqualTo(new Returned(new ListOf(List.of(new Text("f"), new Text("g")))));
        assertThat(script(script, "def f(:"))
                .isInstanceOfSatisfying(
                        Raised.class, raised -> assertThat(raised.type()).isEqualTo("SyntaxError"));
        assertThat(script("x = 1", ""))
                .isInstanceOfSatisfying(
                        Raised.class, raised -> assertThat(raised.type()).isEqualTo("NameError"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "-", "[", "lambda:", "x="})
    void textThatIsHardToParseIsAFailureOrAnError(String piece) throws Exception {
        String script = "import ast\ndef run(candidate, input):\n    ast.parse(input)\n    return True\n";

        SandboxVerdict verdict =
                sandbox().run(PythonProgram.of(new Script(script, new Text(piece.repeat(90_000 / piece.length())))));

        if (verdict instanceof Finished finished) {
            assertThat(finished.script().orElseThrow()).isInstanceOf(Raised.class);
        }
        assertThatTheNextProgramRuns();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def run(candidate, input):\n    while True: pass",
                "def run(candidate, input):\n    return candidate('main')",
                "def run(candidate, input):\n    while True:\n        try:\n            candidate('main')\n"
                        + "        except BaseException: pass",
            })
    void aScriptIsBoundByTheDeadlineAsWell(String script) throws Exception {
        SandboxVerdict verdict = sandbox()
                .run(new PythonProgram(
                        "",
                        List.of(new Unit("main", "def main():\n    while True: pass\n")),
                        List.of(),
                        Optional.of(new Script(script, new None()))));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.TIMEOUT));
        assertThatTheNextProgramRuns();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def main():\n    return 1 \u0000\n",
                "def main():\n    return '\ud800' + 1\n",
                "\ufeff\u0000\udfff",
                "def main():\n    return 1 +\u001b[2J 1\n",
                "# -*- coding: no-such-coding -*-\ndef main(:\n",
            })
    void textThatIsNoTextIsAUnitThatDoesNotLoadOrRaises(String source) throws Exception {
        Finished finished = finished(source, "main()");

        assertThat(finished.calls().getFirst()).isInstanceOf(Raised.class);
        assertThatTheNextProgramRuns();
    }

    @Test
    void numbersWithoutEndAreValues() throws Exception {
        assertThat(finished("x = 0\n", "1e999", "-1e999", "float('nan')").calls())
                .containsExactly(
                        new Returned(new Real(Double.POSITIVE_INFINITY)),
                        new Returned(new Real(Double.NEGATIVE_INFINITY)),
                        new Returned(new Real(Double.NaN)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def main():\n    print('x' * 100000000)\n",
                "def main():\n    return 'x' * 100000000\n",
                "def main():\n    raise ValueError('x' * 100000000)\n",
            })
    void aHundredMegabytesAreAVerdict(String source) throws Exception {
        SandboxVerdict verdict = sandbox().run(program(source, "main()"));

        if (verdict instanceof Finished finished) {
            assertThat(finished.calls().getFirst()).isInstanceOfAny(NotAValue.class, Raised.class);
            assertThat(finished.toString()).hasSizeLessThan(2_000);
        } else {
            assertThat(((Failed) verdict).failure()).isIn(Failure.OUTPUT, Failure.MEMORY, Failure.TIMEOUT);
        }
        assertThatTheNextProgramRuns();
    }

    void assertThatTheNextProgramRuns() throws Exception {
        assertThat(finished("x = 6\n", "x + 1").calls()).containsExactly(new Returned(Int.of(7)));
    }

    Finished finished(String source, String... calls) throws Exception {
        SandboxVerdict verdict = sandbox().run(program(source, calls));
        assertThat(verdict).isInstanceOf(Finished.class);
        return (Finished) verdict;
    }

    private CallResult script(String source, String input) throws Exception {
        SandboxVerdict verdict = sandbox().run(PythonProgram.of(new Script(source, new Text(input))));
        assertThat(verdict).isInstanceOf(Finished.class);
        return ((Finished) verdict).script().orElseThrow();
    }

    static PythonProgram program(String source, String... calls) {
        return new PythonProgram("", List.of(new Unit("main", source)), List.of(calls));
    }
}
