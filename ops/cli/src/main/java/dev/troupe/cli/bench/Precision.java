package dev.troupe.cli.bench;

import java.util.Locale;

/** Of the matrix products; like is compared with like. */
enum Precision {
    FP32(1e-4),
    BF16(1e-2);

    private final double lossTolerance;

    Precision(double lossTolerance) {
        this.lossTolerance = lossTolerance;
    }

    /** As in options, tables and files. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How far, relatively, the losses of the same weights on the same tokens may be apart. */
    double lossTolerance() {
        return lossTolerance;
    }
}
