package dev.troupe.agent.decode;

import dev.troupe.policy.ServingPolicy;
import java.util.Optional;

/** The weights of a version, which stay in memory until this is closed. */
public interface HeldWeights extends AutoCloseable {
    ServingPolicy weights();

    int version();

    /** The same weights, held once more. */
    HeldWeights share();

    /** Whether a newer version serves in place of this one, and nobody asked for this one by its number. */
    boolean outdated();

    /** That newer version, held; empty when there is none after all. */
    Optional<HeldWeights> successor();

    @Override
    void close();
}
