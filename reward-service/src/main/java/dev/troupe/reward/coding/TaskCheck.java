package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;
import static java.util.Objects.requireNonNull;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Optional;

/** Tries out the tests of a task before anybody plays it; on a solution where there is one. */
public final class TaskCheck {

    private final Sandbox sandbox;

    public TaskCheck(Sandbox sandbox) {
        this.sandbox = requireNonNull(sandbox, "sandbox is null");
    }

    /** What is wrong with the task: it cannot be judged, or its tests cannot be parsed. */
    public Optional<String> refusal(Task task) throws SandboxUnavailableException, InterruptedException {
        try {
            StrictJudge.form(CodingTask.of(task)).count(sandbox);
            return Optional.empty();
        } catch (InvalidTaskException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The same, or that the solution, a whole program by one author, does not pass the tests. */
    public Optional<String> refusal(Task task, String solution)
            throws SandboxUnavailableException, InterruptedException {
        try {
            CodingTask coding = CodingTask.of(task);
            List<Unit> units = List.of(new Unit(HELPER, ""), new Unit(coding.entryPoint(), solution));
            TestRun run = new TestRunner(StrictJudge.form(coding), sandbox).run(units);
            return run.allPassed() ? Optional.empty() : Optional.of(shortcoming(run));
        } catch (InvalidTaskException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static String shortcoming(TestRun run) {
        String what =
                switch (run.verdict()) {
                    case Failed failed ->
                        TestRunner.outOfTime(failed)
                                ? "does not end in time"
                                : "was stopped: " + failed.failure() + ", " + failed.detail();
                    case Finished finished -> {
                        UnitResult unit = finished.units().getLast();
                        yield unit.loaded()
                                ? "passes %d of %d tests%s".formatted(run.passed(), run.total(), slow(run))
                                : "does not load: " + unit.error();
                    }
                };
        return "its reference solution " + what;
    }

    private static String slow(TestRun run) {
        return run.timeouts() == 0 ? "" : ", %d did not end in time".formatted(run.timeouts());
    }
}
