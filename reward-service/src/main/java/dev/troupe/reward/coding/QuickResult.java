package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;

import dev.troupe.reward.environment.Terms;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import dev.troupe.schemas.avro.Term;
import java.util.List;

/**
 * A joint program under the quick rules.
 *
 * @param helperEntered whether the helper's function was entered while the tests ran
 * @param helperUsed whether it also did some of the work
 */
record QuickResult(CodingTask task, TestRun run, boolean helperEntered, boolean helperUsed) implements JudgedProgram {

    /** 0 to 1: how much of the expected functions the interpreter found, after it had loaded the texts. */
    private double structure() {
        if (!(run.verdict() instanceof Finished(List<UnitResult> units, var _, var _))) {
            return 0;
        }
        double found = 0;
        for (int i = 0; i < units.size(); i++) {
            boolean isHelper = task.roles().get(i).equals(HELPER);
            double share = !task.hasHelper() ? 1 : isHelper ? Levels.HELPER : Levels.MAIN;
            found += units.get(i).defined() ? share : 0;
        }
        return found;
    }

    @Override
    public double quality() {
        return Quality.of(structure(), run, helperUsed || !task.hasHelper());
    }

    @Override
    public List<Term> terms() {
        return List.of(
                Terms.of("structure", structure()),
                Terms.of("syntax", run.loads()),
                Terms.of("tests_passed", run.passed()),
                Terms.of("tests_total", run.total()),
                Terms.of("all_passed", run.allPassed()),
                Terms.of("helper_used", helperUsed));
    }

    @Override
    public String advice() {
        return (helperEntered ? "The tests pass whatever %s gives." : "The function %s was not called.")
                .formatted(task.helper());
    }
}
