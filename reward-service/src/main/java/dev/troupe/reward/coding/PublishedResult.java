package dev.troupe.reward.coding;

import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Term;
import java.util.ArrayList;
import java.util.List;

/**
 * A joint program under the published rules. Quality is the published total as a share of the most it can be.
 *
 * @param helper the helper's function as it was cut out, or empty
 * @param main the main one
 * @param parses whether everything together does
 */
record PublishedResult(CodingTask task, String helper, String main, boolean parses, TestRun run)
        implements JudgedProgram {

    private static final double MOST_ALONE = Levels.MAIN + Levels.SYNTAX + 1;

    Levels levels() {
        double structure =
                (PublishedText.returns(helper) ? Levels.HELPER : 0) + (PublishedText.returns(main) ? Levels.MAIN : 0);
        if (!PublishedText.returns(main) || !parses) {
            return new Levels(structure, 0, 0, 0);
        }
        double tests = run.total() == 0 ? 0 : run.passed() / (double) run.total();
        return new Levels(structure, Levels.SYNTAX, tests, cooperation());
    }

    private double cooperation() {
        if (run.passed() == 0 || helper.isEmpty() || !PublishedText.calls(main, task.helper())) {
            return 0;
        }
        return Levels.CALLED
                + (PublishedText.isWrapper(main, task.helper()) ? 0 : Levels.NO_WRAPPER)
                - (PublishedText.ignores(main, task.helper()) ? Levels.IGNORED : 0);
    }

    @Override
    public double quality() {
        return Math.clamp(levels().total() / (task.hasHelper() ? Levels.MOST : MOST_ALONE), 0, 1);
    }

    @Override
    public List<Term> terms() {
        var terms = new ArrayList<>(List.of(
                Terms.of("tests_passed", run.passed()),
                Terms.of("tests_total", run.total()),
                Terms.of("tests_timed_out", run.timeouts()),
                Terms.of("all_passed", run.allPassed()),
                Terms.of("helper_called", PublishedText.calls(main, task.helper())),
                Terms.of("wrapper", PublishedText.isWrapper(main, task.helper()))));
        terms.addAll(levels().terms());
        return terms;
    }

    @Override
    public String advice() {
        return PublishedText.calls(main, task.helper())
                ? "Do more with what %s gives.".formatted(task.helper())
                : "The function %s was not called.".formatted(task.helper());
    }
}
