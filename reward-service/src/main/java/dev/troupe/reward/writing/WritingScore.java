package dev.troupe.reward.writing;

import dev.troupe.schemas.avro.Term;
import java.util.List;

/** What was written is worth. */
sealed interface WritingScore permits PairScore, ArticleScore {

    /** 0 to 1. */
    double quality();

    /** Whether all hard criteria hold. */
    boolean passed();

    /** Raw values of what quality is made of. */
    List<Term> terms();
}
