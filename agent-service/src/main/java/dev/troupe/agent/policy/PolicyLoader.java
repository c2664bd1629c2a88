package dev.troupe.agent.policy;

import dev.troupe.schemas.avro.ModelVersion;

/** Brings a published version into memory. */
@FunctionalInterface
public interface PolicyLoader extends AutoCloseable {
    /**
     * Has the version's files on this machine, verified, which takes as long as the store needs; the caller closes
     * them.
     *
     * @throws PolicyLoadException when it must not be served
     */
    FetchedVersion fetch(ModelVersion version) throws PolicyLoadException;

    /**
     * The version, verified and probed; the caller closes it.
     *
     * @throws PolicyLoadException when it must not be served
     */
    default LoadedPolicy load(ModelVersion version) throws PolicyLoadException {
        try (FetchedVersion fetched = fetch(version)) {
            return fetched.load();
        }
    }

    /** When nothing computes any more with what was loaded. */
    @Override
    default void close() {}
}
