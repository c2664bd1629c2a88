package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The decoder over right-padded batches, recorded for gradients when the thread records. Padding needs no mask: it
 * stands behind every real token, so causal attention never looks at it.
 */
final class TrainDecoder {
    private final int layers;
    private final NDArray embedding;
    private final TrainLayers network;
    private final RopeTable rope;
    private final boolean checkpointing;

    /**
     * @param embedding (vocab, hidden)
     * @param checkpointing whether layers are computed again in the backward pass, to save memory
     */
    TrainDecoder(DecoderConfig config, NDArray embedding, TrainLayers network, RopeTable rope, boolean checkpointing) {
        this.layers = config.numHiddenLayers();
        this.embedding = embedding;
        this.network = network;
        this.rope = rope;
        this.checkpointing = checkpointing;
    }

    /** ids (batch, length) to normed hidden states (batch, length, hidden). */
    HiddenStates hidden(NDArray ids, NDManager step) {
        int length = (int) ids.getShape().get(1);
        RopeTable.Rotation rotation = rope.leading(length, step);
        NDArray mask = network.mask(length, step);
        return checkpointing ? checkpointed(ids, rotation, mask, step) : recorded(ids, rotation, mask);
    }

    private HiddenStates recorded(NDArray ids, RopeTable.Rotation rotation, NDArray mask) {
        NDArray x = Torch.rows(embedding, ids);
        for (int layer = 0; layer < layers; layer++) {
            x = network.layer(x, layer, rotation, mask);
        }
        NDArray values = network.norm(x);
        return new HiddenStates(values, gradient -> Torch.backward(values, gradient));
    }

    /**
     * Keeps only what goes into each layer, and computes the layer again on the way back (arXiv 1604.06174): memory of
     * one layer and a third more time.
     */
    private HiddenStates checkpointed(NDArray ids, RopeTable.Rotation rotation, NDArray mask, NDManager step) {
        List<NDArray> inputs = new ArrayList<>();
        NDArray values = Torch.notRecording(() -> {
            NDArray x = Torch.rows(embedding, ids);
            for (int layer = 0; layer < layers; layer++) {
                inputs.add(x);
                x = network.layer(x, layer, rotation, mask);
            }
            inputs.add(x);
            return network.norm(x);
        });
        return new HiddenStates(values, gradient -> {
            NDArray upstream = again(inputs.get(layers), network::norm, gradient, step);
            for (int index = layers - 1; index >= 0; index--) {
                int layer = index;
                NDArray next = again(inputs.get(layer), x -> network.layer(x, layer, rotation, mask), upstream, step);
                upstream.close();
                upstream = next;
            }
            NDArray embedded = Torch.rows(embedding, ids);
            if (embedding.hasGradient()) {
                Torch.backward(embedded, upstream);
            }
        });
    }

    /** Computes one function of an input again and takes a gradient back through it; nothing else stays in memory. */
    private static NDArray again(NDArray values, UnaryOperator<NDArray> function, NDArray gradient, NDManager step) {
        try (values;
                NDArray input = Torch.leaf(values, step);
                NDArray output = function.apply(input)) {
            Torch.backward(output, gradient);
            return Torch.gradient(input, step);
        }
    }

    /** hidden (rows, hidden) to logits (rows, vocab). */
    NDArray logits(NDArray hidden) {
        return network.logits(hidden);
    }
}
