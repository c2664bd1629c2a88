package dev.troupe.reward.coding;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.List;

/** Hidden tests in a form that can be run. */
interface TestForm {

    /** How many tests there are. */
    int count(Sandbox sandbox) throws InvalidTaskException, SandboxUnavailableException, InterruptedException;

    /** The program that runs all tests. */
    PythonProgram all(List<Unit> units);

    /** The program that runs just one. */
    PythonProgram one(List<Unit> units, int test);

    /**
     * How the tests went.
     *
     * @param finished of {@link #all}
     * @throws InvalidTaskException when the tests themselves are at fault
     */
    List<TestOutcome> outcomes(Finished finished) throws InvalidTaskException;

    /**
     * How the one test went.
     *
     * @param finished of {@link #one}
     */
    TestOutcome outcome(Finished finished, int test) throws InvalidTaskException;
}
