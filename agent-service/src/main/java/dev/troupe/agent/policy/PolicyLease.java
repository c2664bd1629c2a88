package dev.troupe.agent.policy;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The right to sample a version until it is closed; the version stays in memory that long, whatever is swapped. */
public final class PolicyLease implements AutoCloseable {
    private final ServedPolicy served;
    private final Consumer<ServedPolicy> release;
    private final AtomicBoolean closed = new AtomicBoolean();

    PolicyLease(ServedPolicy served, Consumer<ServedPolicy> release) {
        this.served = served;
        this.release = release;
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

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.accept(served);
        }
    }
}
