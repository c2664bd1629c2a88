package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decoder over folded weights: prompts in one pass, then one token a step from the cache. Holds no state. */
final class ServingDecoder {
    /** Most prompt tokens of one forward; bounds the memory of attention scores. */
    static final int PREFILL_TOKENS = 4096;

    private final DecoderConfig config;
    private final FoldedWeights weights;
    private final RopeTable rope;

    ServingDecoder(DecoderConfig config, FoldedWeights weights, RopeTable rope) {
        this.config = config;
        this.weights = weights;
        this.rope = rope;
    }

    /**
     * What a prefill leaves.
     *
     * @param cache keys and values of layer 0, of layer 1, ..; each (prompts, length, kv, dim)
     * @param logits behind the last prompt token (prompts, vocab)
     */
    record Prefill(List<NDArray> cache, NDArray logits) {}

    /** Runs prompts, padded on the left to {@code length} so that all of them end in the same column. */
    Prefill prefill(List<TokenIds> prompts, AdapterRows adapters, int length, NDManager step) {
        int rows = Math.max(1, PREFILL_TOKENS / length);
        List<Prefill> chunks = new ArrayList<>();
        for (int from = 0; from < prompts.size(); from += rows) {
            int to = Math.min(prompts.size(), from + rows);
            chunks.add(prefillChunk(prompts.subList(from, to), adapters.slice(from, to), length, step));
        }
        if (chunks.size() == 1) {
            return chunks.getFirst();
        }
        List<NDArray> cache = new ArrayList<>();
        for (int i = 0; i < 2 * config.numHiddenLayers(); i++) {
            int index = i;
            cache.add(joined(
                    chunks.stream().map(chunk -> chunk.cache().get(index)).toList()));
        }
        return new Prefill(cache, joined(chunks.stream().map(Prefill::logits).toList()));
    }

    private static NDArray joined(List<NDArray> parts) {
        return Torch.concat(new NDList(parts));
    }

    private Prefill prefillChunk(List<TokenIds> prompts, AdapterRows adapters, int length, NDManager step) {
        int batch = prompts.size();
        long heads = config.numAttentionHeads();
        long kv = config.numKeyValueHeads();
        long dim = config.headDim();
        LeftPadded input = LeftPadded.of(prompts, length);
        NDArray ids = step.create(input.ids(), new Shape(batch, length));
        NDArray positions = step.create(input.positions(), new Shape(batch, length));
        RopeTable.Rotation rotation = rope.at(positions, batch, length);
        NDArray mask = DecoderOps.causalMask(length, step);
        if (input.hasPadding()) {
            mask = mask.add(step.create(input.mask(), new Shape(batch, 1, 1, 1, length)));
        }
        List<NDArray> cache = new ArrayList<>();
        NDArray x = Torch.rows(weights.embedding(), ids);
        for (int i = 0; i < weights.layers().size(); i++) {
            FoldedWeights.Layer layer = weights.layers().get(i);
            NDList parts = qkv(x, i, adapters).split(new long[] {(heads + kv) * dim}, 2);
            NDList rotated = rotation.apply(headNorm(parts.get(0).reshape(batch, length, heads + kv, dim), layer))
                    .split(new long[] {heads}, 2);
            NDArray v = parts.get(1).reshape(batch, length, kv, dim);
            NDArray attended = DecoderOps.selfAttention(rotated.get(0), rotated.get(1), v, mask);
            x = feedForward(x.add(output(attended, i, adapters)), i, adapters);
            cache.add(rotated.get(1));
            cache.add(v);
        }
        NDArray last = Torch.slice(x, 1, length - 1L, length, step).reshape(batch, config.hiddenSize());
        return new Prefill(cache, logits(last));
    }

    /**
     * One token a row.
     *
     * @param ids (rows)
     * @param positions (rows), counted without the padding
     * @param mask (rows, 1, 1, cache length) or null when no row is padded
     * @return logits (rows, vocab)
     */
    NDArray step(
            NDArray ids,
            NDArray positions,
            AdapterRows adapters,
            KvCache cache,
            @Nullable NDArray mask,
            NDManager step) {
        long rows = ids.size();
        long heads = config.numAttentionHeads();
        long kv = config.numKeyValueHeads();
        long group = config.queryHeadsPerKeyValueHead();
        long dim = config.headDim();
        RopeTable.Rotation rotation = rope.at(positions, rows, 1);
        NDArray x = Torch.rows(weights.embedding(), ids); // (rows, hidden)
        for (int i = 0; i < weights.layers().size(); i++) {
            FoldedWeights.Layer layer = weights.layers().get(i);
            NDList parts = qkv(x, i, adapters).split(new long[] {(heads + kv) * dim}, 1);
            NDList rotated = rotation.apply(headNorm(parts.get(0).reshape(rows, 1, heads + kv, dim), layer))
                    .reshape(rows, heads + kv, dim)
                    .split(new long[] {heads}, 1);
            cache.write(i, rotated.get(1), parts.get(1).reshape(rows, kv, dim), step);
            NDArray q = rotated.get(0).reshape(rows, kv, group, dim);
            NDArray scores = q.matMul(cache.keys(i, step)); // (rows, kv, group, length)
            if (mask != null) {
                scores.addi(mask);
            }
            NDArray attended = scores.softmax(-1).matMul(cache.values(i, step)).reshape(rows, heads * dim);
            x = feedForward(x.addi(output(attended, i, adapters)), i, adapters);
        }
        return logits(x);
    }

    private NDArray qkv(NDArray x, int index, AdapterRows adapters) {
        FoldedWeights.Layer layer = weights.layers().get(index);
        NDArray normed = norm(x);
        NDArray qkv = Torch.linear(normed, layer.qkv(), layer.qkvBias().orElse(null));
        return adapters.add(normed, qkv, index, ServingAdapter.Layer::qkv);
    }

    private NDArray output(NDArray attended, int index, AdapterRows adapters) {
        NDArray output = Torch.linear(attended, weights.layers().get(index).output());
        return adapters.add(attended, output, index, ServingAdapter.Layer::output);
    }

    /** Queries and keys (rows, length, heads + kv, dim), normed by head where the family does so. */
    private NDArray headNorm(NDArray x, FoldedWeights.Layer layer) {
        return layer.headNorms().map(weight -> norm(x).muli(weight)).orElse(x);
    }

    private NDArray feedForward(NDArray x, int index, AdapterRows adapters) {
        FoldedWeights.Layer layer = weights.layers().get(index);
        NDArray normed = norm(x);
        NDArray gateUp =
                adapters.add(normed, Torch.linear(normed, layer.gateUp()), index, ServingAdapter.Layer::gateUp);
        NDArray activated = DecoderOps.swiGlu(gateUp, config.intermediateSize());
        NDArray down = Torch.linear(activated, layer.down());
        return x.addi(adapters.add(activated, down, index, ServingAdapter.Layer::down));
    }

    private NDArray logits(NDArray x) {
        return Torch.linear(norm(x), weights.head());
    }

    private NDArray norm(NDArray x) {
        return DecoderOps.rmsNormalize(x, config.rmsNormEps());
    }
}
