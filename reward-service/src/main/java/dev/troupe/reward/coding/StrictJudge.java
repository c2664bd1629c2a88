package dev.troupe.reward.coding;

import dev.troupe.reward.coding.HiddenTests.Code;
import dev.troupe.reward.coding.HiddenTests.Literals;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import java.util.List;

/**
 * Judges a joint program by its syntax trees and by what it does: the tests, and then the tests again with the helper's
 * function taken out, which shows whether it does any of the work.
 */
final class StrictJudge {

    private final CodingTask task;
    private final TestRunner tests;
    private final IdleHelper idle;
    private final SyntaxCheck syntax;

    StrictJudge(CodingTask task, Sandbox sandbox) {
        this.task = task;
        this.tests = new TestRunner(form(task), sandbox);
        this.idle = new IdleHelper(task.helper(), tests);
        this.syntax = new SyntaxCheck(task, sandbox);
    }

    static TestForm form(CodingTask task) {
        return switch (task.tests()) {
            case Literals literals -> new LiteralTests(task, literals);
            case Code code -> new CodeTests(task, code);
        };
    }

    /** @param completions one per role of the task, in order */
    StrictResult judge(List<String> completions)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        List<Part> parts = syntax.parts(completions);
        List<Unit> units = parts.stream().map(Part::unit).toList();
        TestRun run = tests.run(units);
        boolean mayMatter =
                task.hasHelper() && run.passed() > 0 && parts.getLast().facts().callsPartner();
        return new StrictResult(task, parts, run, mayMatter && idle.isMissed(units, run));
    }
}
