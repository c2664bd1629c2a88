package dev.troupe.reward.writing;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Term;
import java.util.List;

/**
 * What two texts are worth by MAGRPO's four levels (arXiv 2508.04652 and its public scorers). Each level is reached
 * only through the one before it.
 */
record PairScore(PairForm form, PairMeasures measures) implements WritingScore {

    static final double STRUCTURE = 0.5;
    static final double LENGTH = 1.0;
    static final double VOCABULARY = 0.5;
    static final double STYLE = 1.0;
    static final double MAXIMUM = STRUCTURE + LENGTH + VOCABULARY + STYLE;

    private static final double CONSISTENCY_SHARE = 0.6;
    private static final double TRANSITION_SHARE = 0.4;

    PairScore {
        requireNonNull(form, "form is null");
        requireNonNull(measures, "measures is null");
    }

    boolean structureHolds() {
        return form.allows(measures.pieces1()) && form.allows(measures.pieces2());
    }

    /** 0 to 1, whether the level is reached or not. */
    double lengthLevel() {
        return form.length().worth(measures.lengthRatio());
    }

    /** 0 to 1, whether the level is reached or not. */
    double vocabularyLevel() {
        return form.vocabulary().worth(measures.vocabularyRatio());
    }

    /** 0 to 1, whether the level is reached or not. */
    double styleLevel() {
        return TRANSITION_SHARE * measures.transition() + CONSISTENCY_SHARE * form.consistency(measures.jaccard());
    }

    /** What the texts earn with each level, on the published scale; a level that is not reached ends it. */
    List<Double> earned() {
        boolean vocabularyReached = structureHolds() && form.length().holds(measures.lengthRatio());
        boolean styleReached = vocabularyReached && form.vocabulary().holds(measures.vocabularyRatio());
        return List.of(
                structureHolds() ? STRUCTURE : 0,
                structureHolds() ? LENGTH * lengthLevel() : 0,
                vocabularyReached ? VOCABULARY * vocabularyLevel() : 0,
                styleReached ? STYLE * styleLevel() : 0);
    }

    /** On the published scale, 0 to 3. */
    double total() {
        return earned().stream().mapToDouble(Double::doubleValue).sum();
    }

    @Override
    public double quality() {
        return Math.clamp(total() / MAXIMUM, 0, 1);
    }

    /** Whether the structure holds and every level reaches at least half. */
    @Override
    public boolean passed() {
        return structureHolds() && lengthLevel() >= 0.5 && vocabularyLevel() >= 0.5 && styleLevel() >= 0.5;
    }

    @Override
    public List<Term> terms() {
        List<Double> earned = earned();
        return List.of(
                Terms.of("total", total()),
                Terms.of("level1", earned.get(0)),
                Terms.of("level2", earned.get(1)),
                Terms.of("level3", earned.get(2)),
                Terms.of("level4", earned.get(3)),
                Terms.of("structure", structureHolds()),
                Terms.of("length_ratio", measures.lengthRatio()),
                Terms.of("vocabulary", measures.vocabularyRatio()),
                Terms.of("style", measures.jaccard()),
                Terms.of("transitions", measures.transitions()),
                Terms.of("consistency", structureHolds() ? form.consistency(measures.jaccard()) : 0));
    }
}
