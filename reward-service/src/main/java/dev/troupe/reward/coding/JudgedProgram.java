package dev.troupe.reward.coding;

import dev.troupe.schemas.avro.Term;
import java.util.List;

/** A joint program with everything that was found out about it. */
sealed interface JudgedProgram permits StrictResult, QuickResult, PublishedResult {

    /** As it was read for these texts. */
    CodingTask task();

    TestRun run();

    /** 0 to 1. */
    double quality();

    /** Raw values of what quality is made of, and the published scale. */
    List<Term> terms();

    /** What is still to be done once all tests pass, in a sentence. */
    String advice();
}
