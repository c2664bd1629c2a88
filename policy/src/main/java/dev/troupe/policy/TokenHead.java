package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/** The head of a decoder at completion positions. */
record TokenHead(DecoderConfig config, TrainDecoder decoder) {
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

        /** Tokens {@code from} to {@code to} (exclusive). */
        Tokens slice(int from, int to, NDManager step) {
            return new Tokens(
                    Torch.slice(positions, 0, from, to, step),
                    Torch.slice(targets, 0, from, to, step),
                    inverseTemperatures.map(inverse -> Torch.slice(inverse, 0, from, to, step)),
                    to - from);
        }
    }

    /** Hidden states (batch, length, hidden) at completion positions: (tokens, hidden). */
    NDArray states(NDArray hidden, Tokens tokens) {
        return Torch.rows(hidden.reshape(-1, config.hiddenSize()), tokens.positions());
    }

    /** Log-softmax of logits / temperature (tokens, vocab). */
    NDArray distribution(NDArray states, Tokens tokens) {
        NDArray logits = decoder.logits(states);
        return tokens.inverseTemperatures().map(logits::mul).orElse(logits).logSoftmax(-1);
    }

    /** The log-probs of the tokens themselves (tokens). */
    static NDArray chosen(NDArray distribution, Tokens tokens) {
        return distribution.gather(tokens.targets(), 1).squeeze(1);
    }

    /** Entropies in nats (tokens) with a gradient. */
    static NDArray entropies(NDArray distribution) {
        return distribution.exp().mul(distribution).sum(new int[] {1}).neg();
    }

    /** The same without a gradient, and with one array as large as the distribution instead of two. */
    static NDArray entropyValues(NDArray distribution) {
        return Torch.notRecording(() -> {
            try (NDArray product = distribution.exp()) {
                return product.muli(distribution).sum(new int[] {1}).negi();
            }
        });
    }
}
