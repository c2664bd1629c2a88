package dev.troupe.reward.coding;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.Collections;
import java.util.List;

/**
 * A joint program in the tests.
 *
 * @param verdict of the run with all tests together
 * @param outcomes one per test
 * @param timeouts tests that were stopped when they ran by themselves
 */
record TestRun(SandboxVerdict verdict, List<TestOutcome> outcomes, int timeouts) {

    TestRun {
        requireNonNull(verdict, "verdict is null");
        outcomes = List.copyOf(outcomes);
    }

    /** A run that was stopped, every test of it lost. */
    static TestRun stopped(Failed verdict, int tests) {
        return new TestRun(verdict, Collections.nCopies(tests, TestOutcome.failed("")), 0);
    }

    /** Whether all texts load. */
    boolean loads() {
        return switch (verdict) {
            case Finished finished -> finished.units().stream().allMatch(SandboxVerdict.UnitResult::loaded);
            case Failed _ -> false;
        };
    }

    int total() {
        return outcomes.size();
    }

    int passed() {
        return (int) outcomes.stream().filter(TestOutcome::passed).count();
    }

    boolean allPassed() {
        return total() > 0 && passed() == total();
    }
}
