package dev.troupe.policy;

/** What matrix products are computed in. Weights that are trained, and their gradients, are float32 in any case. */
public enum Precision {
    FLOAT32,
    /**
     * Products of bfloat16 numbers, added up in float32: 8 bits of mantissa, for CPUs that have instructions for it.
     */
    BFLOAT16
}
