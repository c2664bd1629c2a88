package dev.troupe.agent.policy;

import dev.troupe.agent.FakePolicy;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Has every version at once, but for those that it is told of. */
public final class GatedLoader implements PolicyLoader {
    private final Map<Integer, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Map<Integer, PolicyLoadException> failures = new ConcurrentHashMap<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    /** @return lets the version come */
    public CountDownLatch stall(int version) {
        var gate = new CountDownLatch(1);
        gates.put(version, gate);
        return gate;
    }

    public void fail(int version, PolicyLoadException failure) {
        failures.put(version, failure);
    }

    void mend(int version) {
        failures.remove(version);
    }

    int fetches() {
        return fetches.get();
    }

    /** Fetched versions that are not closed. */
    int open() {
        return open.get();
    }

    @Override
    public FetchedVersion fetch(ModelVersion version) throws PolicyLoadException {
        fetches.incrementAndGet();
        try {
            CountDownLatch gate = gates.get(version.getVersion());
            if (gate != null) {
                gate.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyLoadException(PolicyLoadException.Reason.STORE, "interrupted", e);
        }
        PolicyLoadException failure = failures.get(version.getVersion());
        if (failure != null) {
            throw failure;
        }
        open.incrementAndGet();
        return new FetchedVersion() {
            @Override
            public LoadedPolicy load() {
                return new FakePolicy("x");
            }

            @Override
            public void close() {
                open.decrementAndGet();
            }
        };
    }
}
