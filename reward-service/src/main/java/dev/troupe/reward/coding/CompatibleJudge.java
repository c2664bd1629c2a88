package dev.troupe.reward.coding;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.ArrayList;
import java.util.List;

/** Judges a joint program as the published scorer does, in the sandbox. */
final class CompatibleJudge {

    private final CodingTask task;
    private final TestRunner tests;

    CompatibleJudge(CodingTask task, Sandbox sandbox) {
        this.task = task;
        this.tests = new TestRunner(new PublishedTests(task), sandbox);
    }

    /** @param completions one per role of the task, in order */
    PublishedResult judge(List<String> completions)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        var units = new ArrayList<Unit>();
        for (int i = 0; i < completions.size(); i++) {
            String function = task.functionOf(task.roles().get(i));
            String code = CodeText.capped(PublishedText.function(completions.get(i), function));
            units.add(new Unit(function, code));
        }
        TestRun run = tests.run(units);
        boolean parses =
                switch (run.verdict()) {
                    case Finished finished -> PublishedTests.parses(finished);
                    // What ran until it was stopped has parsed.
                    case Failed failed -> TestRunner.outOfTime(failed);
                };
        String helper = task.hasHelper() ? units.getFirst().source() : "";
        return new PublishedResult(task, helper, units.getLast().source(), parses, run);
    }
}
