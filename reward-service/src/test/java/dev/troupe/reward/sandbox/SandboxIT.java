package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxIT {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private static GraalPySandbox sandbox;

    @BeforeAll
    static void start() throws Exception {
        sandbox = GraalPySandbox.start(
                new SandboxOptions(DEADLINE, SandboxOptions.defaults().heapBytes(), Duration.ofMinutes(2)));
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @Test
    void runsTheUnitsOfTwoAuthorsTogether() throws Exception {
        var program = new PythonProgram(
                "import math\n",
                List.of(
                        new Unit("helper", "def helper(xs):\n    return [x for x in xs if x > 0]\n"),
                        new Unit("main", "def main(xs):\n    return sum(helper(xs)) + math.floor(0.5)\n")),
                List.of("main([1, -2, 3])", "main([])"));

        SandboxVerdict verdict = sandbox.run(program);

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

        Finished finished = (Finished) sandbox.run(program);

        assertThat(finished.units().getFirst().error()).startsWith("SyntaxError");
        assertThat(finished.calls()).containsExactly(new Returned(Int.of(7)));
    }

    @Test
    void aFunctionCountsOnlyFromItsOwnUnit() throws Exception {
        var program = new PythonProgram(
                "",
                List.of(new Unit("helper", "def main():\n    return 7\n"), new Unit("main", "x = 1\n")),
                List.of("main()"));

        Finished finished = (Finished) sandbox.run(program);

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

        assertThat(((Finished) sandbox.run(program)).units().getFirst().entered())
                .isZero();
    }

    @Test
    void programsDoNotSeeOneAnother() throws Exception {
        sandbox.run(program("import builtins\nbuiltins.left = 1\nlen = 5\n", "1"));

        assertThat(finished("import builtins\n", "hasattr(builtins, 'left')", "len([1])")
                        .calls())
                .containsExactly(new Returned(new PythonValue.Bool(false)), new Returned(Int.of(1)));
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

        SandboxVerdict verdict = sandbox.run(program(source, "1"));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isIn(Failure.TIMEOUT, Failure.MEMORY));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(DEADLINE.plusSeconds(3));
        assertThatTheNextProgramRuns();
    }

    @Test
    void stopsACallThatDoesNotEnd() throws Exception {
        SandboxVerdict verdict = sandbox.run(program("def f():\n    while True: pass\n", "1", "f()"));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.TIMEOUT));
    }

    @Test
    void aProgramThatTakesTheHeapIsAVerdict() throws Exception {
        SandboxVerdict verdict = sandbox.run(program(
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
        SandboxVerdict verdict = sandbox.run(program(source, "no_such_name"));

        if (verdict instanceof Finished finished) {
            assertThat(finished.calls()).allMatch(Raised.class::isInstance);
        }
        assertThatTheNextProgramRuns();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open('/etc/passwd').read()",
                "open('/tmp/troupe-out', 'w')",
                "__import__('os').listdir('/')",
                "__import__('os').open('/etc/passwd', 0)",
                "__import__('socket').create_connection(('127.0.0.1', 9092), 1)",
                "__import__('socket').socket().bind(('127.0.0.1', 0))",
                "__import__('os').system('true')",
                "__import__('os').fork()",
                "__import__('subprocess').run(['true'])",
                "__import__('threading').Thread(target=print).start()",
                "__import__('java').type('java.lang.System')",
                "__import__('polyglot').eval(language='js', string='1')",
                "__import__('ctypes').CDLL(None)",
                "__import__('os').symlink('/etc', 'x')",
                "__import__('os').environ['PATH']",
            })
    void nothingOutsideIsReached(String call) throws Exception {
        SandboxVerdict verdict = sandbox.run(program("x = 1\n", call));

        // Importing subprocess alone may take longer than a program has.
        if (!(verdict instanceof Failed)) {
            assertThat(((Finished) verdict).calls().getFirst()).isInstanceOf(Raised.class);
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

        assertThat(finished(source, "main(1)").calls())
                .containsExactly(new Returned(new PythonValue.ListOf(List.of())));
    }

    @Test
    void noChildOutlivesItsSandbox() throws Exception {
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        GraalPySandbox other = GraalPySandbox.start(SandboxOptions.defaults());
        List<ProcessHandle> started = ProcessHandle.current()
                .children()
                .filter(child -> !before.contains(child))
                .toList();

        other.close();

        assertThat(started).hasSize(1).noneMatch(ProcessHandle::isAlive);
        assertThatThrownBy(() -> other.run(program("", "1"))).isInstanceOf(SandboxUnavailableException.class);
    }

    private static void assertThatTheNextProgramRuns() throws Exception {
        assertThat(finished("x = 6\n", "x + 1").calls()).containsExactly(new Returned(Int.of(7)));
    }

    private static Finished finished(String source, String... calls) throws Exception {
        SandboxVerdict verdict = sandbox.run(program(source, calls));
        assertThat(verdict).isInstanceOf(Finished.class);
        return (Finished) verdict;
    }

    private static PythonProgram program(String source, String... calls) {
        return new PythonProgram("", List.of(new Unit("main", source)), List.of(calls));
    }
}
