package dev.troupe.cli.bench.peer;

import java.util.Locale;

/** Of the matrix products; like is compared with like. */
public enum Precision {
    /** 32-bit floats throughout. */
    FP32(1e-4),
    /** Products of bfloat16 numbers over weights that are 32-bit floats. */
    BF16(1e-2);

    private final double lossTolerance;

    Precision(double lossTolerance) {
        this.lossTolerance = lossTolerance;
    }

    /** As in options, tables and files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How far, relatively, the losses of the same weights on the same tokens may be apart. */
    public double lossTolerance() {
        return lossTolerance;
    }
}
