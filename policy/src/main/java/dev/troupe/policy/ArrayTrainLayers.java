package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.List;
import java.util.Optional;

/** Layers by one engine call for each operation. */
final class ArrayTrainLayers implements TrainLayers {
    private final DecoderConfig config;
    private final DecoderWeights<NDArray> weights;
    private final Optional<TrainAdapter> adapter;

    ArrayTrainLayers(DecoderConfig config, DecoderWeights<NDArray> weights, Optional<TrainAdapter> adapter) {
        this.config = config;
        this.weights = weights;
        this.adapter = adapter;
    }

    @Override
    public NDArray mask(int length, NDManager step) {
        return DecoderOps.causalMask(length, step);
    }

    @Override
    public NDArray layer(NDArray x, int index, RopeTable.Rotation rotation, NDArray mask) {
        DecoderWeights.Layer<NDArray> layer = weights.layers().get(index);
        // Closing the handles of intermediates early saves a quarter of the memory: autograd keeps what it needs.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray attended = attention(norm(x, layer.inputNorm()), index, rotation, mask);
            NDArray output = Torch.linear(attended, layer.output());
            NDArray middle = x.add(adapted(attended, output, index, LoraModule.O_PROJ));
            NDArray normed = norm(middle, layer.postNorm());
            NDArray gateUp = adapted(
                    normed, Torch.linear(normed, layer.gateUp()), index, LoraModule.GATE_PROJ, LoraModule.UP_PROJ);
            NDArray activated = DecoderOps.swiGlu(gateUp, config.intermediateSize());
            NDArray down = Torch.linear(activated, layer.down());
            NDArray result = middle.add(adapted(activated, down, index, LoraModule.DOWN_PROJ));
            NDScope.unregister(result);
            return result;
        }
    }

    /** x (batch, length, hidden) to (batch, length, heads * dim). */
    private NDArray attention(NDArray x, int index, RopeTable.Rotation rotation, NDArray mask) {
        DecoderWeights.Layer<NDArray> layer = weights.layers().get(index);
        long batch = x.getShape().get(0);
        long length = x.getShape().get(1);
        long heads = config.numAttentionHeads();
        long kv = config.numKeyValueHeads();
        long dim = config.headDim();
        NDArray qkv = Torch.linear(x, layer.qkv(), layer.qkvBias().orElse(null));
        NDList parts = adapted(x, qkv, index, LoraModule.Q_PROJ, LoraModule.K_PROJ, LoraModule.V_PROJ)
                .split(new long[] {(heads + kv) * dim}, 2);
        NDArray queriesAndKeys = parts.get(0).reshape(batch, length, heads + kv, dim);
        NDArray normed =
                layer.headNorms().map(norms -> headNorm(queriesAndKeys, norms)).orElse(queriesAndKeys);
        NDList rotated = rotation.apply(normed).split(new long[] {heads}, 2);
        NDArray q = Torch.scaled(rotated.get(0), (float) (1 / Math.sqrt(config.headDim())));
        NDArray v = parts.get(1).reshape(batch, length, kv, dim);
        return DecoderOps.selfAttention(q, rotated.get(1), v, mask);
    }

    private NDArray adapted(NDArray x, NDArray output, int layer, LoraModule... modules) {
        return adapter.map(lora -> lora.add(x, output, layer, List.of(modules))).orElse(output);
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

    @Override
    public NDArray norm(NDArray x) {
        return norm(x, weights.norm());
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return Torch.linear(hidden, weights.head());
    }
}
