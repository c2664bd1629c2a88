package dev.troupe.reward.coding;

import dev.troupe.reward.coding.HiddenTests.Literals;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.List;
import java.util.stream.IntStream;

/** Asserts on literals: only the calls go into the sandbox, and what they give is compared here. */
final class LiteralTests implements TestForm {

    private final String context;
    private final List<Assertion> assertions;

    LiteralTests(CodingTask task, Literals tests) {
        this.context = task.context();
        this.assertions = tests.assertions();
    }

    @Override
    public int count(Sandbox sandbox) {
        return assertions.size();
    }

    @Override
    public PythonProgram all(List<Unit> units) {
        return new PythonProgram(
                context, units, assertions.stream().map(Assertion::call).toList());
    }

    @Override
    public PythonProgram one(List<Unit> units, int test) {
        return new PythonProgram(context, units, List.of(assertions.get(test).call()));
    }

    @Override
    public List<TestOutcome> outcomes(Finished finished) {
        return IntStream.range(0, assertions.size())
                .mapToObj(test -> outcome(assertions.get(test), finished.calls().get(test)))
                .toList();
    }

    @Override
    public TestOutcome outcome(Finished finished, int test) {
        return outcome(assertions.get(test), finished.calls().getFirst());
    }

    private static TestOutcome outcome(Assertion assertion, CallResult result) {
        return switch (result) {
            case Returned(var value) ->
                value.pythonEquals(assertion.expected())
                        ? TestOutcome.PASSED
                        : TestOutcome.failed(Told.gave(assertion.call(), value.literal()));
            case NotAValue _ -> TestOutcome.failed(Told.noValue(assertion.call()));
            case Raised raised -> TestOutcome.failed(Told.raised(assertion.call(), raised.type()));
        };
    }
}
