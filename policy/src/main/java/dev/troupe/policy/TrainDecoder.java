package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/**
 * The decoder over right-padded batches, recorded for gradients when the thread records. Padding needs no mask: it
 * stands behind every real token, so causal attention never looks at it.
 */
final class TrainDecoder {
    private final DecoderConfig config;
    private final DecoderWeights<NDArray> weights;
    private final RopeTable rope;

    TrainDecoder(DecoderConfig config, DecoderWeights<NDArray> weights, RopeTable rope) {
        this.config = config;
        this.weights = weights;
        this.rope = rope;
    }

    /** ids (batch, length) to normed hidden states (batch, length, hidden). */
    NDArray hidden(NDArray ids, NDManager step) {
        int length = (int) ids.getShape().get(1);
        RopeTable.Rotation rotation = rope.leading(length, step);
        NDArray mask = DecoderOps.causalMask(length, step);
        NDArray x = Torch.rows(weights.embedding(), ids);
        for (DecoderWeights.Layer<NDArray> layer : weights.layers()) {
            x = layer(x, layer, rotation, mask);
        }
        return norm(x, weights.norm());
    }

    /** hidden (rows, hidden) to logits (rows, vocab). */
    NDArray logits(NDArray hidden) {
        return Torch.linear(hidden, weights.head());
    }

    private NDArray layer(NDArray x, DecoderWeights.Layer<NDArray> layer, RopeTable.Rotation rotation, NDArray mask) {
        // Closing the handles of intermediates early saves a quarter of the memory: autograd keeps what it needs.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray attended = attention(norm(x, layer.inputNorm()), layer, rotation, mask);
            NDArray middle = x.add(Torch.linear(attended, layer.output()));
            NDArray gateUp = Torch.linear(norm(middle, layer.postNorm()), layer.gateUp());
            NDArray activated = DecoderOps.swiGlu(gateUp, config.intermediateSize());
            NDArray result = middle.add(Torch.linear(activated, layer.down()));
            NDScope.unregister(result);
            return result;
        }
    }

    /** x (batch, length, hidden) to (batch, length, heads * dim). */
    private NDArray attention(
            NDArray x, DecoderWeights.Layer<NDArray> layer, RopeTable.Rotation rotation, NDArray mask) {
        long batch = x.getShape().get(0);
        long length = x.getShape().get(1);
        long heads = config.numAttentionHeads();
        long kv = config.numKeyValueHeads();
        long dim = config.headDim();
        NDList parts =
                Torch.linear(x, layer.qkv(), layer.qkvBias().orElse(null)).split(new long[] {(heads + kv) * dim}, 2);
        NDArray queriesAndKeys = parts.get(0).reshape(batch, length, heads + kv, dim);
        NDArray normed =
                layer.headNorms().map(norms -> headNorm(queriesAndKeys, norms)).orElse(queriesAndKeys);
        NDList rotated = rotation.apply(normed).split(new long[] {heads}, 2);
        NDArray q = Torch.scaled(rotated.get(0), (float) (1 / Math.sqrt(config.headDim())));
        NDArray v = parts.get(1).reshape(batch, length, kv, dim);
        return DecoderOps.selfAttention(q, rotated.get(1), v, mask);
    }

    /** Queries and keys (batch, length, heads + kv, dim), each head normed by itself. */
    private NDArray headNorm(NDArray x, DecoderWeights.HeadNorms<NDArray> norms) {
        long dim = config.headDim();
        NDArray queries = norms.query().reshape(1, dim).broadcast(config.numAttentionHeads(), dim);
        NDArray keys = norms.key().reshape(1, dim).broadcast(config.numKeyValueHeads(), dim);
        return norm(x, Torch.concat(new NDList(queries, keys)));
    }

    private NDArray norm(NDArray x, NDArray weight) {
        return DecoderOps.rmsNormalize(x, config.rmsNormEps()).mul(weight);
    }
}
