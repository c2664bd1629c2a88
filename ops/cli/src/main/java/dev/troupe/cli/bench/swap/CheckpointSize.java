package dev.troupe.cli.bench.swap;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A Llama to serve, with random weights and the vocabulary of the reference policy. */
record CheckpointSize(String name, DecoderConfig config) {

    private static final int VOCABULARY = 1024;
    private static final int POSITIONS = 512;

    /** 0.16, 0.9 and 5.8 million parameters. */
    static final List<CheckpointSize> ALL = List.of(
            new CheckpointSize("tiny", config(64, 2, 4, 192)),
            new CheckpointSize("1m", config(128, 4, 4, 352)),
            new CheckpointSize("6m", config(256, 7, 8, 768)));

    CheckpointSize {
        requireNonNull(name, "name is null");
        requireNonNull(config, "config is null");
    }

    /** Two query heads share a key head. No token ends a completion: how long it is, its turn alone says. */
    private static DecoderConfig config(int hidden, int layers, int heads, int intermediate) {
        return new DecoderConfig(
                VOCABULARY,
                hidden,
                intermediate,
                layers,
                heads,
                heads / 2,
                hidden / heads,
                1e-5,
                10_000,
                POSITIONS,
                true,
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    static Optional<CheckpointSize> named(String name) {
        return ALL.stream().filter(size -> size.name().equals(name)).findFirst();
    }
}
