package dev.troupe.reward.coding;

import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Term;
import java.util.List;

/**
 * What a joint program earns on the published scale of MAGRPO's coding reward (arXiv 2508.04652), level by level.
 *
 * @param structure 0.4 for the helper's function and 0.6 for the main one; 1.0 for a single author's
 * @param syntax 0.5 when everything parses
 * @param tests the share of tests passed
 * @param cooperation at most 1.5
 */
record Levels(double structure, double syntax, double tests, double cooperation) {

    /** The most a team can earn. */
    static final double MOST = 4.0;

    static final double HELPER = 0.4;
    static final double MAIN = 0.6;
    static final double SYNTAX = 0.5;
    static final double CALLED = 0.5;
    static final double NO_WRAPPER = 1.0;
    static final double IGNORED = 0.5;

    double total() {
        return structure + syntax + tests + cooperation;
    }

    List<Term> terms() {
        return List.of(
                Terms.of("level_structure", structure),
                Terms.of("level_syntax", syntax),
                Terms.of("level_tests", tests),
                Terms.of("level_cooperation", cooperation),
                Terms.of("total", total()));
    }
}
