package dev.troupe.cli.bench.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A Llama to train, with random weights.
 *
 * @param newTokens of each completion
 */
record GrpoSize(String name, DecoderConfig config, int newTokens) {

    private static final int POSITIONS = 512;

    /** 90,624, 869,504 and 5,475,584 parameters. */
    static final List<GrpoSize> ALL = List.of(
            new GrpoSize("90k", config(64, 2, 259, 4, 128), 32),
            new GrpoSize("870k", config(128, 4, 1024, 4, 352), 64),
            new GrpoSize("5m", config(256, 6, 4096, 8, 704), 64));

    GrpoSize {
        requireNonNull(name, "name is null");
        requireNonNull(config, "config is null");
        if (newTokens < 1) {
            throw new IllegalArgumentException("newTokens must be 1 or more: " + newTokens);
        }
    }

    /** Two query heads share a key head. No token ends a completion, so that all of them have the same length. */
    static DecoderConfig config(int hidden, int layers, int vocabulary, int heads, int intermediate) {
        return new DecoderConfig(
                vocabulary,
                hidden,
                intermediate,
                layers,
                heads,
                heads / 2,
                hidden / heads,
                1e-6,
                10_000,
                POSITIONS,
                true,
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    static Optional<GrpoSize> named(String name) {
        return ALL.stream().filter(size -> size.name().equals(name)).findFirst();
    }
}
