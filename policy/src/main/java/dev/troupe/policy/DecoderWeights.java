package dev.troupe.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * A value for every parameter of a decoder, by its place in the network.
 *
 * @param <T> what is held: Java arrays while folding, device arrays while training
 * @param embedding (vocab, hidden)
 * @param head (vocab, hidden); the same object as the embedding when they are tied
 */
record DecoderWeights<T>(T embedding, List<Layer<T>> layers, T norm, T head) {
    /**
     * One layer: qkv (queries + 2 keys, hidden), output (hidden, queries), gateUp (2 intermediate, hidden), down
     * (hidden, intermediate).
     */
    record Layer<T>(T inputNorm, T qkv, T output, T postNorm, T gateUp, T down) {}

    DecoderWeights {
        layers = List.copyOf(layers);
    }

    /** Takes the values in the order of {@link ParameterLayout#slots()}. */
    static <T> DecoderWeights<T> of(DecoderConfig config, List<T> values) {
        List<Layer<T>> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            int at = 1 + i * ParameterLayout.SLOTS_PER_LAYER;
            layers.add(new Layer<>(
                    values.get(at),
                    values.get(at + 1),
                    values.get(at + 2),
                    values.get(at + 3),
                    values.get(at + 4),
                    values.get(at + 5)));
        }
        int norm = 1 + config.numHiddenLayers() * ParameterLayout.SLOTS_PER_LAYER;
        T head = config.tieWordEmbeddings() ? values.getFirst() : values.get(norm + 1);
        return new DecoderWeights<>(values.getFirst(), layers, values.get(norm), head);
    }
}
