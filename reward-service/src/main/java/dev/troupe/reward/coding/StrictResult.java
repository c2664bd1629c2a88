package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;

import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Term;
import java.util.ArrayList;
import java.util.List;

/**
 * A joint program under the strict rules.
 *
 * <p>Two scales side by side. {@link #levels} is MAGRPO's (structure, syntax, tests, cooperation), with cooperation
 * proven by what the program does and not by a name that stands in it. {@link #quality}, which is trained on, has the
 * same parts in other proportions.
 *
 * @param parts one per role
 * @param helperMatters whether tests that pass no longer do when the helper's function is replaced
 */
record StrictResult(CodingTask task, List<Part> parts, TestRun run, boolean helperMatters) implements JudgedProgram {

    StrictResult {
        parts = List.copyOf(parts);
    }

    /** 0 to 1: how much of the expected functions is there and gives something. */
    double structure() {
        double found = 0;
        for (Part part : parts) {
            double share = !task.hasHelper() ? 1 : part.role().equals(HELPER) ? Levels.HELPER : Levels.MAIN;
            found += part.facts().structured() ? share : 0;
        }
        return found;
    }

    private TextFacts mainFacts() {
        return parts.getLast().facts();
    }

    /** Whether the helper's function is called and makes a difference; true where there is no helper. */
    boolean helperUsed() {
        return !task.hasHelper() || (mainFacts().callsPartner() && helperMatters);
    }

    Levels levels() {
        boolean parses = parts.stream().allMatch(part -> part.facts().parses());
        if (!mainFacts().structured() || !parses) {
            return new Levels(structure(), 0, 0, 0);
        }
        boolean cooperates = task.hasHelper() && run.passed() > 0 && helperUsed();
        double cooperation = Levels.CALLED + (mainFacts().wrapper() ? 0 : Levels.NO_WRAPPER);
        return new Levels(
                structure(),
                Levels.SYNTAX,
                run.total() == 0 ? 0 : run.passed() / (double) run.total(),
                cooperates ? cooperation : 0);
    }

    @Override
    public double quality() {
        return Quality.of(structure(), run, helperUsed());
    }

    @Override
    public List<Term> terms() {
        var terms = new ArrayList<>(List.of(
                Terms.of("structure", structure()),
                Terms.of("syntax", run.loads()),
                Terms.of("tests_passed", run.passed()),
                Terms.of("tests_total", run.total()),
                Terms.of("tests_timed_out", run.timeouts()),
                Terms.of("all_passed", run.allPassed()),
                Terms.of("helper_called", mainFacts().callsPartner()),
                Terms.of("helper_used", task.hasHelper() && helperUsed()),
                Terms.of("helper_ignored", mainFacts().partnerIgnored()),
                Terms.of("wrapper", mainFacts().wrapper())));
        terms.addAll(levels().terms());
        return terms;
    }

    @Override
    public String advice() {
        return mainFacts().callsPartner()
                ? "The tests pass whatever %s gives.".formatted(task.helper())
                : "The function %s was not called.".formatted(task.helper());
    }
}
