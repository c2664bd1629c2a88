package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;

import dev.troupe.reward.coding.HiddenTests.Literals;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a joint program by what it does alone, which takes one run where the strict rules take two or more: a helper
 * counts as used when it is entered and the tests miss it. For training on many small tasks.
 */
final class QuickJudge {

    private final CodingTask task;
    private final TestRunner tests;
    private final IdleHelper idle;

    QuickJudge(CodingTask task, Sandbox sandbox) {
        if (!(task.tests() instanceof Literals literals)) {
            throw new IllegalArgumentException("the quick rules take asserts on literals only");
        }
        this.task = task;
        this.tests = new TestRunner(new LiteralTests(task, literals), sandbox);
        this.idle = new IdleHelper(task.helper(), tests);
    }

    /** @param completions one per role of the task, in order */
    QuickResult judge(List<String> completions)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        var units = new ArrayList<Unit>();
        for (int i = 0; i < completions.size(); i++) {
            String function = task.functionOf(task.roles().get(i));
            units.add(new Unit(function, CodeText.capped(CodeText.of(completions.get(i)))));
        }
        TestRun run = tests.runTogether(units);
        boolean entered = helperEntered(run);
        // Short of all tests nothing depends on it, so that it need not be found out.
        boolean used = entered && (!run.allPassed() || idle.isMissed(units, run));
        return new QuickResult(task, run, entered, used);
    }

    private boolean helperEntered(TestRun run) {
        return task.hasHelper()
                && run.verdict() instanceof Finished(List<UnitResult> units, var _, var _)
                && units.get(task.roles().indexOf(HELPER)).entered() > 0;
    }
}
