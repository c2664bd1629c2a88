package dev.troupe.policy;

/**
 * A loss over the tokens of a batch that is computed in Java and says itself what its derivatives are, so that it can
 * be written, and tested, in double arithmetic. {@link SequenceLoss} leaves the derivatives to the engine.
 */
@FunctionalInterface
public interface TokenLoss {
    /**
     * Called once per batch, on the policy's own thread.
     *
     * @param tokens what the policy says of the completion tokens
     * @param gradients takes the derivatives of the loss; 0 where nothing is set
     * @return the loss
     */
    double of(ScoredTokens tokens, TokenGradients gradients);
}
