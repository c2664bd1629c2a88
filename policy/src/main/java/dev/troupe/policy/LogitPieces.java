package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.Optional;

/** The head of a decoder over many tokens, a bounded number of logits at a time. */
final class LogitPieces {
    /** 16 MiB of logits: large against the cost of a call, small against a machine's memory. */
    static final int MAX_LOGITS = 1 << 22;

    private final DecoderConfig config;
    private final TrainDecoder decoder;
    private final int rows;

    /** @param maxLogits of one piece; a piece has one token at least */
    LogitPieces(DecoderConfig config, TrainDecoder decoder, int maxLogits) {
        this.config = config;
        this.decoder = decoder;
        this.rows = Math.max(1, maxLogits / config.vocabSize());
    }

    /**
     * The completion tokens of a micro-batch.
     *
     * @param positions rows of the flattened hidden states (tokens)
     * @param targets (tokens, 1)
     * @param inverseTemperatures (tokens, 1), where one of them is not 1
     */
    record Tokens(NDArray positions, NDArray targets, Optional<NDArray> inverseTemperatures, int count) {
        static Tokens of(MicroBatch micro, NDManager step) {
            boolean tempered = micro.sequences().stream().anyMatch(sequence -> sequence.inverseTemperature() != 1);
            return new Tokens(
                    micro.positions(step),
                    micro.targets(step),
                    tempered ? Optional.of(micro.inverseTemperatures(step)) : Optional.empty(),
                    micro.completionTokens());
        }
    }

    /** Log-probs and entropies in nats, both (tokens), without gradient. */
    record Values(NDArray logprobs, NDArray entropies) {}

    Values values(NDArray hidden, Tokens tokens, NDManager step) {
        return Torch.notRecording(() -> {
            NDArray states = states(hidden, tokens);
            var logprobs = new NDList();
            var entropies = new NDList();
            for (int from = 0; from < tokens.count(); from += rows) {
                int to = Math.min(tokens.count(), from + rows);
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    NDArray distribution = distribution(states, tokens, from, to, step);
                    NDArray chosen = chosen(distribution, tokens, from, to, step);
                    NDArray entropy = distribution
                            .exp()
                            .mul(distribution)
                            .sum(new int[] {1})
                            .neg();
                    NDScope.unregister(chosen, entropy);
                    logprobs.add(chosen);
                    entropies.add(entropy);
                }
            }
            return new Values(Torch.concat(logprobs), Torch.concat(entropies));
        });
    }

    /**
     * Adds to the gradient of the head.
     *
     * @param gradient of the loss by the log-probs (tokens)
     * @return the gradient of the loss by the hidden states, of their shape
     */
    NDArray backward(NDArray hidden, Tokens tokens, NDArray gradient, NDManager step) {
        NDArray whole = Torch.leaf(hidden, step);
        NDArray states = Torch.leaf(Torch.notRecording(() -> states(hidden, tokens)), step);
        for (int from = 0; from < tokens.count(); from += rows) {
            int to = Math.min(tokens.count(), from + rows);
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray chosen = chosen(distribution(states, tokens, from, to, step), tokens, from, to, step);
                Torch.backward(chosen, Torch.slice(gradient, 0, from, to, step));
            }
        }
        Torch.backward(states(whole, tokens), Torch.gradient(states, step));
        return Torch.gradient(whole, step);
    }

    /** Hidden states at completion positions (tokens, hidden). */
    private NDArray states(NDArray hidden, Tokens tokens) {
        return Torch.rows(hidden.reshape(-1, config.hiddenSize()), tokens.positions());
    }

    /** Log-softmax of logits / temperature (tokens, vocab) for some of the tokens. */
    private NDArray distribution(NDArray states, Tokens tokens, int from, int to, NDManager step) {
        NDArray logits = decoder.logits(Torch.slice(states, 0, from, to, step));
        return tokens.inverseTemperatures()
                .map(inverse -> logits.mul(Torch.slice(inverse, 0, from, to, step)))
                .orElse(logits)
                .logSoftmax(-1);
    }

    private static NDArray chosen(NDArray distribution, Tokens tokens, int from, int to, NDManager step) {
        return distribution
                .gather(Torch.slice(tokens.targets(), 0, from, to, step), 1)
                .squeeze(1);
    }
}
