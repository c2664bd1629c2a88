package dev.troupe.agent.policy;

import dev.troupe.schemas.avro.ModelVersion;

/** Brings a published version into memory. */
@FunctionalInterface
public interface PolicyLoader extends AutoCloseable {
    /**
     * The version, verified and probed; the caller closes it.
     *
     * @throws PolicyLoadException when it must not be served
     */
    LoadedPolicy load(ModelVersion version) throws PolicyLoadException;

    /** When nothing computes any more with what was loaded. */
    @Override
    default void close() {}
}
