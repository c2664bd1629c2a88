package dev.troupe.trainer.update;

/** What an update did to one policy. */
sealed interface PolicyOutcome {
    /** The weights moved. */
    record Updated(double loss, double gradNorm, TokenTally tally) implements PolicyOutcome {}

    /** Nothing to learn from; weights and optimizer are as before. */
    record Untouched() implements PolicyOutcome {}

    /** A number was not finite or too large; the policy must be restored before it is used again. */
    record Broken(StepOutcome.Fault fault) implements PolicyOutcome {}
}
