package dev.troupe.policy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A value for every parameter of a decoder, by its place in the network.
 *
 * @param <T> what is held: a device array while training, the index of a slot while loading
 * @param embedding (vocab, hidden)
 * @param head (vocab, hidden); the same object as the embedding when they are tied
 */
record DecoderWeights<T>(T embedding, List<Layer<T>> layers, T norm, T head) {
    /**
     * One layer: qkv (queries + 2 keys, hidden), qkvBias (queries + 2 keys), output (hidden, queries), gateUp (2
     * intermediate, hidden), down (hidden, intermediate).
     */
    record Layer<T>(
            T inputNorm,
            T qkv,
            Optional<T> qkvBias,
            Optional<HeadNorms<T>> headNorms,
            T output,
            T postNorm,
            T gateUp,
            T down) {}

    /** Norms of one head's queries and of its keys, both (dim). */
    record HeadNorms<T>(T query, T key) {}

    DecoderWeights {
        layers = List.copyOf(layers);
    }

    /** Takes the values in the order of {@link ParameterLayout#slots()}. */
    static <T> DecoderWeights<T> of(DecoderConfig config, List<T> values) {
        Iterator<T> next = values.iterator();
        T embedding = next.next();
        List<Layer<T>> layers = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            layers.add(layer(config.family(), next));
        }
        T norm = next.next();
        return new DecoderWeights<>(embedding, layers, norm, config.tieWordEmbeddings() ? embedding : next.next());
    }

    private static <T> Layer<T> layer(Family family, Iterator<T> next) {
        T inputNorm = next.next();
        T qkv = next.next();
        Optional<T> bias = family.hasQkvBias() ? Optional.of(next.next()) : Optional.empty();
        Optional<HeadNorms<T>> norms =
                family.hasHeadNorms() ? Optional.of(new HeadNorms<>(next.next(), next.next())) : Optional.empty();
        return new Layer<>(inputNorm, qkv, bias, norms, next.next(), next.next(), next.next(), next.next());
    }
}
