package dev.troupe.agent.policy;

/** A version whose files are on this machine until it is closed. */
@FunctionalInterface
public interface FetchedVersion extends AutoCloseable {
    /**
     * The version in memory, probed; the caller closes it.
     *
     * @throws PolicyLoadException when it must not be served
     */
    LoadedPolicy load() throws PolicyLoadException;

    @Override
    default void close() {}
}
