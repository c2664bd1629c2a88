package dev.troupe.cli.bench;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A decoder to measure, with random weights: speed does not depend on their values. */
record ModelSize(String name, DecoderConfig config) {

    private static final int VOCABULARY = 512;
    private static final int POSITIONS = 512;

    static final List<ModelSize> ALL =
            List.of(of("1m", 128, 5, 4, 2, 384), of("6m", 256, 8, 8, 4, 768), of("25m", 512, 8, 8, 4, 1536));

    ModelSize {
        requireNonNull(name, "name is null");
        requireNonNull(config, "config is null");
    }

    /** No token ends a completion, so that all of them have the same length. */
    static ModelSize of(String name, int hidden, int layers, int heads, int keyValueHeads, int intermediate) {
        return new ModelSize(
                name,
                new DecoderConfig(
                        VOCABULARY,
                        hidden,
                        intermediate,
                        layers,
                        heads,
                        keyValueHeads,
                        hidden / heads,
                        1e-5,
                        10_000,
                        POSITIONS,
                        true,
                        List.of(),
                        OptionalInt.empty(),
                        OptionalInt.empty()));
    }

    static Optional<ModelSize> named(String name) {
        return ALL.stream().filter(size -> size.name().equalsIgnoreCase(name)).findFirst();
    }
}
