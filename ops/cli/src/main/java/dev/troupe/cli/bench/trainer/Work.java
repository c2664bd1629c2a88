package dev.troupe.cli.bench.trainer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a step is made of. */
enum Work {
    /** Training on completions and rewards that are given; both sides get the same ones. */
    TRAIN(1),
    /** Sampling, then training, each side with its own sampler. */
    TURNS(1),
    /** The same on two threads: ours samples the next step while it trains, one version behind. */
    OVERLAP(2);

    private final int threads;

    Work(int threads) {
        this.threads = threads;
    }

    int threads() {
        return threads;
    }

    /** As in options, tables and files. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Work> named(String label) {
        return Arrays.stream(values())
                .filter(work -> work.label().equals(label))
                .findFirst();
    }
}
