package dev.troupe.agent.policy;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The right to sample a version until it is closed; the version stays in memory that long, whatever is swapped. */
public final class PolicyLease implements AutoCloseable {
    private final PolicyRegistry registry;
    private final ServedPolicy served;
    private final boolean exact;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param exact whether this version was asked for by its number */
    PolicyLease(PolicyRegistry registry, ServedPolicy served, boolean exact) {
        this.registry = registry;
        this.served = served;
        this.exact = exact;
    }

    public LoadedPolicy policy() {
        return served.policy();
    }

    public String policyId() {
        return served.policyId();
    }

    public int version() {
        return served.version();
    }

    /** Whether another version serves in place of this one, and nobody asked for this one by its number. */
    public boolean isOutdated() {
        return !exact && registry.activeVersion(policyId()).orElse(version()) != version();
    }

    /** A lease of the version that serves now. */
    public Optional<PolicyLease> successor() {
        return registry.lease(policyId());
    }

    /** Another lease of the same version. */
    public PolicyLease share() {
        return registry.share(served, exact);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            registry.release(served);
        }
    }
}
