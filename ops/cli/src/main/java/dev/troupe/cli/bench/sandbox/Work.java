package dev.troupe.cli.bench.sandbox;

import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.Script;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** How the program of two authors that is judged over and over is tested. */
enum Work {
    /** Calls, whose values are compared outside. */
    CALLS("6 calls"),
    /** The same calls by a script in an interpreter of its own. */
    SCRIPT("a script with 6 calls");

    private static final String HELPER = """
            def helper(numbers):
                return [number for number in numbers if number % 2 == 0]
            """;
    private static final String MAIN = """
            def main(n):
                return sum(helper(range(n))) + math.floor(0.5)
            """;
    private static final String TEST = """
            def run(candidate, expected):
                for n in range(len(expected)):
                    assert candidate("main", n) == expected[n]
                return True
            """;

    /** Sums of the even numbers below 0, 1, 2 and so on. */
    private static final List<PythonValue> EXPECTED =
            IntStream.of(0, 0, 0, 2, 2, 6).<PythonValue>mapToObj(Int::of).toList();

    private final String label;

    Work(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /**
     * Judges the program once.
     *
     * @param salt makes it another program, so that no interpreter profits from having seen it
     * @throws IllegalStateException when it does not pass, since a rate would mean nothing then
     */
    void judge(Sandbox sandbox, int salt) throws SandboxUnavailableException, InterruptedException {
        SandboxVerdict verdict = sandbox.run(program(salt));
        if (!(verdict instanceof Finished finished && passes(finished))) {
            throw new IllegalStateException("a program that is right was judged wrong: " + verdict);
        }
    }

    private PythonProgram program(int salt) {
        List<Unit> units = List.of(new Unit("helper", HELPER + "salt = " + salt), new Unit("main", MAIN));
        return switch (this) {
            case CALLS ->
                new PythonProgram(
                        "import math\n",
                        units,
                        IntStream.range(0, EXPECTED.size())
                                .mapToObj("main(%d)"::formatted)
                                .toList());
            case SCRIPT ->
                new PythonProgram(
                        "import math\n", units, List.of(), Optional.of(new Script(TEST, new ListOf(EXPECTED))));
        };
    }

    private boolean passes(Finished finished) {
        return switch (this) {
            case CALLS ->
                finished.calls().equals(EXPECTED.stream().map(Returned::new).toList());
            case SCRIPT -> finished.script().equals(Optional.of(new Returned(new Bool(true))));
        };
    }
}
