package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;

/**
 * Weights for serving only: each norm's weight is multiplied into the projections that read it, and the 1/sqrt(dim) of
 * attention into what makes the queries, so that a decode step has fewer operations.
 *
 * @param embedding (vocab, hidden)
 * @param head (vocab, hidden), with the final norm in it
 */
record FoldedWeights(NDArray embedding, List<Layer> layers, NDArray head) {
    /** As {@link DecoderWeights.Layer}, without the outer norms; headNorms is (heads + kv, dim), queries first. */
    record Layer(
            NDArray qkv,
            Optional<NDArray> qkvBias,
            Optional<NDArray> headNorms,
            NDArray output,
            NDArray gateUp,
            NDArray down) {}

    FoldedWeights {
        layers = List.copyOf(layers);
    }
}
