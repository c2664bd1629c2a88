package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/** Scores whose logits stay until the backward pass. */
final class KeptLogits implements TokenScores {
    private final NDManager step;
    private final NDArray hidden;
    private final NDArray distribution;
    private final NDArray chosen;

    KeptLogits(TokenHead head, NDArray hidden, TokenHead.Tokens tokens, NDManager step) {
        this.step = step;
        this.hidden = Torch.leaf(hidden, step);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            distribution = head.distribution(head.states(this.hidden, tokens), tokens);
            chosen = TokenHead.chosen(distribution, tokens);
            NDScope.unregister(distribution, chosen);
        }
    }

    @Override
    public NDArray logprobs() {
        return chosen;
    }

    @Override
    public NDArray entropies() {
        return TokenHead.entropyValues(distribution);
    }

    @Override
    public NDArray backward(ScoreGradient gradient) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            gradient.backward(distribution, chosen);
        }
        return Torch.gradient(hidden, step);
    }
}
