package dev.troupe.policy;

/** What runs a decoder's arithmetic. Both give the same numbers up to rounding. */
public enum Backend {
    /** One call into the engine for each operation; the reference. */
    NDARRAY,
    /** One call for each decoding step or forward pass, into a TorchScript module that is written at load time. */
    TORCHSCRIPT
}
