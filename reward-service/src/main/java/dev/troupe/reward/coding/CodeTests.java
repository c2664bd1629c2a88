package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.JudgeScripts.EVERY;

import dev.troupe.reward.coding.HiddenTests.Code;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.List;
import java.util.Optional;

/**
 * Tests that are Python themselves. They run in the script's interpreter, so that what they expect is never where the
 * program is, and every assert statement that looks at an answer counts as one test: it has to be reached, and to hold
 * each time it is.
 */
final class CodeTests implements TestForm {

    private final CodingTask task;
    private final Code tests;

    CodeTests(CodingTask task, Code tests) {
        this.task = task;
        this.tests = tests;
    }

    @Override
    public int count(Sandbox sandbox) throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        if (sandbox.run(PythonProgram.of(JudgeScripts.count(task, tests))) instanceof Finished finished) {
            return outcomes(finished).size();
        }
        throw new InvalidTaskException("fields.test cannot be parsed: the sandbox stopped it");
    }

    @Override
    public PythonProgram all(List<Unit> units) {
        return program(units, EVERY);
    }

    @Override
    public PythonProgram one(List<Unit> units, int test) {
        return program(units, test);
    }

    private PythonProgram program(List<Unit> units, int only) {
        return new PythonProgram(task.context(), units, List.of(), Optional.of(JudgeScripts.tests(task, tests, only)));
    }

    @Override
    public List<TestOutcome> outcomes(Finished finished) throws InvalidTaskException {
        if (!(finished.script().orElse(null) instanceof Returned(var value))) {
            throw new InvalidTaskException("fields.test cannot be run: " + finished.script());
        }
        Fields run = Fields.of(Fields.of(value).value("tests"));
        String invalid = run.text("invalid");
        if (!invalid.isEmpty()) {
            throw new InvalidTaskException(invalid);
        }
        return run.list("asserts").stream()
                .map(result -> outcome(Fields.of(result)))
                .toList();
    }

    @Override
    public TestOutcome outcome(Finished finished, int test) throws InvalidTaskException {
        return outcomes(finished).get(test);
    }

    private static TestOutcome outcome(Fields result) {
        if (result.flag("passed")) {
            return TestOutcome.PASSED;
        }
        String call = result.text("call");
        String gave = result.text("gave");
        String error = result.text("error");
        if (call.isEmpty()) {
            return TestOutcome.failed("");
        }
        if (!gave.isEmpty()) {
            return TestOutcome.failed(Told.gave(call, gave));
        }
        return TestOutcome.failed(error.equals("NotAValue") ? Told.noValue(call) : Told.raised(call, error));
    }
}
