package dev.troupe.policy;

import ai.djl.ndarray.NDManager;

/** A decoder over weights that never change; any number of threads may decode with it at once. */
interface ServingBackend extends AutoCloseable {
    /** An empty batch whose arrays belong to {@code manager}. */
    DecodingBatch open(NDManager manager);

    /** What it keeps outside of managers; constant between batches, or something leaks. */
    default int openValues() {
        return 0;
    }

    @Override
    default void close() {}
}
