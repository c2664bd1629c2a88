package dev.troupe.cli.bench;

import dev.troupe.policy.DecoderConfig;

/**
 * The floating-point operations that a decoder cannot do without: matrix products, a multiplication and an addition
 * counted as two (arXiv 2204.02311, appendix B). Of attention only what the causal mask leaves is counted, so that work
 * which is done and thrown away lowers a share of the ceiling.
 */
record Flops(DecoderConfig config) {

    /** A backward pass has two products for each of the forward pass. */
    private static final int FORWARD_AND_BACKWARD = 3;

    /** Weights of the layers' matrices; each is used once a position. */
    long layerWeights() {
        long hidden = config.hiddenSize();
        long queries = (long) config.numAttentionHeads() * config.headDim();
        long keys = (long) config.numKeyValueHeads() * config.headDim();
        long attention = hidden * (queries + 2 * keys) + queries * hidden;
        return config.numHiddenLayers() * (attention + 3 * hidden * config.intermediateSize());
    }

    /** Weights of the head; each is used once for each position whose logits are wanted. */
    long headWeights() {
        return (long) config.vocabSize() * config.hiddenSize();
    }

    /** Of one sequence of so many positions, with logits behind the last {@code logits} of them. */
    double forward(int positions, int logits) {
        double perContext = 4.0 * config.numHiddenLayers() * config.numAttentionHeads() * config.headDim();
        double contexts = positions * (positions + 1.0) / 2;
        return 2.0 * layerWeights() * positions + 2.0 * headWeights() * logits + perContext * contexts;
    }

    /** Of one sequence of so many positions, all of them predicted. */
    double training(int positions) {
        return FORWARD_AND_BACKWARD * forward(positions, positions);
    }
}
