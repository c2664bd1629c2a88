package dev.troupe.cli.chaos;

import java.util.Locale;

/** The kinds of process that are killed. */
enum Kind {
    AGENT(4),
    JUDGE(3),
    COORDINATOR(2),
    TRAINER(2),
    BROKER(1);

    private final int weight;

    Kind(int weight) {
        this.weight = weight;
    }

    /** How often it is the victim, relative to the others. */
    int weight() {
        return weight;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
