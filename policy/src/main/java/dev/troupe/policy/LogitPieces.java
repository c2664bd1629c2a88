package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/**
 * Scores a bounded number of logits at a time: the values first, without recording; then, when the loss has said what
 * the gradient by each log-prob is, once more with it. That costs one more product with the head.
 */
final class LogitPieces implements TokenScores {
    private final TokenHead head;
    private final NDArray hidden;
    private final TokenHead.Tokens tokens;
    private final int rows;
    private final NDManager step;
    private final Values values;

    /** Both (tokens). */
    private record Values(NDArray logprobs, NDArray entropies) {}

    /** @param rows tokens of one piece */
    LogitPieces(TokenHead head, NDArray hidden, TokenHead.Tokens tokens, int rows, NDManager step) {
        this.head = head;
        this.hidden = hidden;
        this.tokens = tokens;
        this.rows = rows;
        this.step = step;
        this.values = Torch.notRecording(this::values);
    }

    private Values values() {
        NDArray states = head.states(hidden, tokens);
        var logprobs = new NDList();
        var entropies = new NDList();
        for (int from = 0; from < tokens.count(); from += rows) {
            int to = Math.min(tokens.count(), from + rows);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                TokenHead.Tokens piece = tokens.slice(from, to, step);
                NDArray distribution = head.distribution(Torch.slice(states, 0, from, to, step), piece);
                NDArray logprob = TokenHead.chosen(distribution, piece);
                NDArray entropy = TokenHead.entropyValues(distribution);
                NDScope.unregister(logprob, entropy);
                logprobs.add(logprob);
                entropies.add(entropy);
            }
        }
        return new Values(Torch.concat(logprobs), Torch.concat(entropies));
    }

    @Override
    public NDArray logprobs() {
        return values.logprobs();
    }

    @Override
    public NDArray entropies() {
        return values.entropies();
    }

    @Override
    public NDArray backward(ScoreGradient gradient) {
        NDArray whole = Torch.leaf(hidden, step);
        NDArray states = Torch.leaf(Torch.notRecording(() -> head.states(hidden, tokens)), step);
        for (int from = 0; from < tokens.count(); from += rows) {
            int to = Math.min(tokens.count(), from + rows);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                TokenHead.Tokens piece = tokens.slice(from, to, step);
                NDArray distribution = head.distribution(Torch.slice(states, 0, from, to, step), piece);
                gradient.slice(from, to, step).backward(distribution, TokenHead.chosen(distribution, piece));
            }
        }
        Torch.backward(head.states(whole, tokens), Torch.gradient(states, step));
        return Torch.gradient(whole, step);
    }
}
