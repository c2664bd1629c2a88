package dev.troupe.reward.coding;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the tests of a task on joint programs. All in one run at first; where that does not end in time, each by itself,
 * so that one endless call does not cost the others, until three have been stopped or the time for all is over.
 */
final class TestRunner {

    private static final int MOST_TIMEOUTS = 3;

    /** For all tests by themselves; half of what a judge may take by default. */
    private static final Duration MOST_TIME = Duration.ofSeconds(15);

    private final TestForm form;
    private final Sandbox sandbox;

    TestRunner(TestForm form, Sandbox sandbox) {
        this.form = form;
        this.sandbox = sandbox;
    }

    TestRun run(List<Unit> units) throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        TestRun together = runTogether(units);
        return together.verdict() instanceof Failed failed && outOfTime(failed) ? oneByOne(units, failed) : together;
    }

    static boolean outOfTime(Failed failed) {
        return failed.failure() == Failure.TIMEOUT || failed.failure() == Failure.CPU;
    }

    /** All tests in one run; when it is stopped, all have failed. */
    TestRun runTogether(List<Unit> units)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        SandboxVerdict verdict = sandbox.run(form.all(units));
        return switch (verdict) {
            case Finished finished -> new TestRun(verdict, form.outcomes(finished), 0);
            case Failed failed -> TestRun.stopped(failed, form.count(sandbox));
        };
    }

    private TestRun oneByOne(List<Unit> units, Failed together)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        var outcomes = new ArrayList<TestOutcome>();
        int count = form.count(sandbox);
        int timeouts = 0;
        long until = System.nanoTime() + MOST_TIME.toNanos();
        SandboxVerdict last = together;
        while (outcomes.size() < count) {
            boolean stop = timeouts == MOST_TIMEOUTS || System.nanoTime() > until;
            SandboxVerdict verdict = stop ? together : sandbox.run(form.one(units, outcomes.size()));
            if (verdict instanceof Finished finished) {
                outcomes.add(form.outcome(finished, outcomes.size()));
                last = verdict;
            } else {
                outcomes.add(TestOutcome.failed(""));
                timeouts += stop ? 0 : 1;
            }
        }
        return new TestRun(last instanceof Finished ? last : together, outcomes, timeouts);
    }
}
