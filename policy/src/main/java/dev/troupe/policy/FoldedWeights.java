package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Weights for serving only: each norm's weight is multiplied into the projections that read it, and the 1/sqrt(dim) of
 * attention into the query rows, so that a decode step has fewer operations.
 *
 * @param embedding (vocab, hidden)
 * @param head (vocab, hidden), with the final norm in it
 */
record FoldedWeights(NDArray embedding, List<Layer> layers, NDArray head) {
    /** As {@link DecoderWeights.Layer}, without the norms. */
    record Layer(NDArray qkv, NDArray output, NDArray gateUp, NDArray down) {}

    FoldedWeights {
        layers = List.copyOf(layers);
    }

    static FoldedWeights of(DecoderConfig config, List<FloatTensor> parameters, NDManager manager) {
        DecoderWeights<FloatTensor> weights = DecoderWeights.of(config, parameters);
        int queryRows = config.numAttentionHeads() * config.headDim();
        float scale = (float) (1 / Math.sqrt(config.headDim()));
        List<Layer> layers = weights.layers().stream()
                .map(layer -> new Layer(
                        Torch.resident(manager, folded(layer.qkv(), layer.inputNorm(), queryRows, scale)),
                        Torch.resident(manager, layer.output()),
                        Torch.resident(manager, folded(layer.gateUp(), layer.postNorm(), 0, 1)),
                        Torch.resident(manager, layer.down())))
                .toList();
        return new FoldedWeights(
                Torch.resident(manager, weights.embedding()),
                layers,
                Torch.resident(manager, folded(weights.head(), weights.norm(), 0, 1)));
    }

    private static FloatTensor folded(FloatTensor matrix, FloatTensor norm, int scaledRows, float scale) {
        float[] values = matrix.toArray();
        int columns = norm.size();
        for (int i = 0; i < values.length; i++) {
            float factor = norm.get(i % columns);
            values[i] *= i / columns < scaledRows ? factor * scale : factor;
        }
        return FloatTensor.owning(values, matrix.shape());
    }
}
