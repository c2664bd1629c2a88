package dev.troupe.reward.coding;

import dev.troupe.reward.environment.Terms;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A joint program and what the sandbox said to it, measured against the hidden answers.
 *
 * <p>Levels after MAGRPO's (structure, syntax, tests, cooperation), strict: cooperation is the helper being entered
 * while the tests run, not its name standing somewhere; a program that passes some tests earns little beside one that
 * passes all.
 */
record ProgramResult(CodingTask task, PythonProgram program, SandboxVerdict verdict) {

    private static final double STRUCTURE = 0.1;
    private static final double SYNTAX = 0.1;
    private static final double TESTS = 0.2;
    private static final double ALL_TESTS = 0.6;
    private static final double HELPER_SHARE = 0.4;
    private static final double MOST_WITHOUT_HELPER = 0.5;

    /** 0 to 1: how much of the expected functions is there and returns something, by the text alone. */
    double structure() {
        double found = 0;
        for (Unit unit : program.units()) {
            boolean isHelper = task.hasHelper() && unit.function().equals(CodingPrompts.HELPER);
            double share = isHelper ? HELPER_SHARE : task.hasHelper() ? 1 - HELPER_SHARE : 1;
            found += CodeText.returnsFrom(unit.source(), unit.function()) ? share : 0;
        }
        return found;
    }

    /** Whether all texts load. */
    boolean loads() {
        return switch (verdict) {
            case Finished finished -> finished.units().stream().allMatch(SandboxVerdict.UnitResult::loaded);
            case Failed _ -> false;
        };
    }

    int total() {
        return task.assertions().size();
    }

    int passed() {
        return (int) IntStream.range(0, total()).filter(this::holds).count();
    }

    boolean allPassed() {
        return passed() == total();
    }

    /** Whether the helper's function was entered while the tests ran; true where there is no helper. */
    boolean helperUsed() {
        if (!task.hasHelper()) {
            return true;
        }
        return switch (verdict) {
            case Finished finished -> finished.units().getFirst().entered() > 0;
            case Failed _ -> false;
        };
    }

    /** Index of the first test that does not hold; not to be asked for when all do. */
    int firstFailing() {
        return IntStream.range(0, total())
                .filter(test -> !holds(test))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("all tests hold"));
    }

    private boolean holds(int test) {
        return verdict instanceof Finished finished
                && finished.calls().get(test) instanceof Returned(var value)
                && value.pythonEquals(task.assertions().get(test).expected());
    }

    /** 0 to 1. */
    double quality() {
        double quality = STRUCTURE * structure()
                + SYNTAX * (loads() ? 1 : 0)
                + TESTS * passed() / total()
                + ALL_TESTS * (allPassed() ? 1 : 0);
        return Math.clamp(quality, 0, helperUsed() ? 1 : MOST_WITHOUT_HELPER);
    }

    List<Term> terms() {
        return List.of(
                Terms.of("structure", structure()),
                Terms.of("syntax", loads()),
                Terms.of("tests_passed", passed()),
                Terms.of("tests_total", total()),
                Terms.of("all_passed", allPassed()),
                Terms.of("helper_used", task.hasHelper() && helperUsed()));
    }
}
