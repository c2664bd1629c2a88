package dev.troupe.trainer.update;

/** What an update did to one policy. */
sealed interface PolicyOutcome {
    /**
     * The weights moved.
     *
     * @param trainedTokens that entered the loss, once each however many iterations there were
     */
    record Updated(double loss, double gradNorm, long trainedTokens, Effort effort, TokenTally tally)
            implements PolicyOutcome {}

    /** Seconds that all iterations took: forward and backward passes, and the optimiser. */
    record Effort(double forwardBackward, double optimizer) {}

    /** Nothing to learn from; weights and optimizer are as before. */
    record Untouched() implements PolicyOutcome {}

    /** A number was not finite or too large; the policy must be restored before it is used again. */
    record Broken(StepOutcome.Fault fault) implements PolicyOutcome {}
}
