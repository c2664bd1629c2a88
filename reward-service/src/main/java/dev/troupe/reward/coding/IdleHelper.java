package dev.troupe.reward.coding;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds out whether a helper does any of the work: the tests are run again with helpers that do none, and something
 * that passed must no longer pass. Text cannot show it, since a call may stand where its answer changes nothing.
 */
final class IdleHelper {

    /** One gives nothing, one gives back what it was given. */
    private static final List<String> IDLE = List.of(
            "\n\ndef %s(*values, **named):\n    return None\n",
            "\n\ndef %s(*values, **named):\n    return [*values, *named.values(), None][0]\n");

    private final String helper;
    private final TestRunner tests;

    /** @param helper the function that does not work */
    IdleHelper(String helper, TestRunner tests) {
        this.helper = helper;
        this.tests = tests;
    }

    /**
     * Whether the tests miss the helper.
     *
     * @param units of the program, the helper's among them
     * @param run how they did in the tests
     */
    boolean isMissed(List<Unit> units, TestRun run)
            throws InvalidTaskException, SandboxUnavailableException, InterruptedException {
        for (String idle : IDLE) {
            TestRun without = tests.runTogether(units.stream()
                    .map(unit -> idled(unit, idle.formatted(helper)))
                    .toList());
            boolean loses = IntStream.range(0, run.total())
                    .anyMatch(test -> run.outcomes().get(test).passed()
                            && !without.outcomes().get(test).passed());
            if (!loses) {
                return false;
            }
        }
        return true;
    }

    /** The helper's text stays, so that only what its function gives is missed. */
    private Unit idled(Unit unit, String idle) {
        if (!unit.function().equals(helper)) {
            return unit;
        }
        boolean fits = unit.source().length() + idle.length() <= PythonProgram.MAX_SOURCE;
        return new Unit(helper, fits ? unit.source() + idle : idle);
    }
}
