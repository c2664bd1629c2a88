package dev.troupe.agent.policy;

import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which versions exist, which one each policy serves, and which others are in memory. Versions are held by leases, so a
 * swap never waits for a generation and a generation never loses its weights. Safe for use by many threads; nothing
 * slow happens under the lock.
 */
public final class PolicyRegistry implements AutoCloseable {
    private final int maxOthers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by lock
    private final VersionBook book = new VersionBook();
    // guarded by lock
    private final Map<String, ServedPolicy> active = new HashMap<>();
    // guarded by lock; not active, least recently used first
    private final LinkedHashMap<VersionBook.Key, ServedPolicy> others = new LinkedHashMap<>(16, 0.75f, true);
    // guarded by lock; replaced or pushed out, and still used
    private final Set<ServedPolicy> leaving = new HashSet<>();
    // guarded by lock
    private boolean closed;
    // guarded by lock
    private long changes;

    /** @param maxOthers versions kept in memory beside the active ones, for turns that ask for an exact one */
    public PolicyRegistry(int maxOthers) {
        if (maxOthers < 0) {
            throw new IllegalArgumentException("maxOthers must be 0 or more: " + maxOthers);
        }
        this.maxOthers = maxOthers;
    }

    /** Notes that a version exists. */
    public void announce(ModelVersion version) {
        lock.lock();
        try {
            book.announce(version);
            signalChange();
        } finally {
            lock.unlock();
        }
    }

    /** Notes which version a person wants to be served. */
    public void route(ModelRoute route) {
        lock.lock();
        try {
            book.route(route);
            signalChange();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The version that is to be served in place of the one that is: the newest, or the one that a route names. Those
     * that were refused are passed over, and so are those between.
     */
    public Optional<ModelVersion> pending(String policyId) {
        return locked(() -> {
            ServedPolicy serving = active.get(policyId);
            return book.wanted(policyId).filter(wanted -> serving == null || wanted.getVersion() != serving.version());
        });
    }

    /** Notes that a version must not be served, so that it is not tried again. */
    public void refuse(ModelVersion version, String reason) {
        lock.lock();
        try {
            book.refuse(version, reason);
            signalChange();
        } finally {
            lock.unlock();
        }
    }

    /** The version of an announced number. */
    public Optional<ModelVersion> announced(String policyId, int version) {
        return locked(() -> book.find(policyId, version));
    }

    /** Why a version must not be served, if it must not. */
    public Optional<String> refusal(String policyId, int version) {
        return locked(() -> book.refusal(policyId, version));
    }

    /** The version that turns without a version of their own are played with. */
    public OptionalInt activeVersion(String policyId) {
        return locked(() -> {
            ServedPolicy serving = active.get(policyId);
            return serving == null ? OptionalInt.empty() : OptionalInt.of(serving.version());
        });
    }

    /** That version of each policy which has one. */
    public Map<String, Integer> activeVersions() {
        return locked(() -> active.values().stream()
                .collect(Collectors.toUnmodifiableMap(ServedPolicy::policyId, ServedPolicy::version)));
    }

    /**
     * Makes a loaded version the one that is served, in one instant; generations that run go on with theirs. The
     * registry owns it from here on.
     */
    public void activate(ModelVersion version, LoadedPolicy policy) {
        var served = new ServedPolicy(version.getPolicyId(), version.getVersion(), policy);
        change(() -> {
            if (closed) {
                return List.of(served);
            }
            served.serve();
            ServedPolicy previous = active.put(version.getPolicyId(), served);
            return previous == null ? List.of() : keep(previous);
        });
    }

    /** Keeps a loaded version beside the active one, and leases it. The registry owns it from here on. */
    public PolicyLease keepLoaded(ModelVersion version, LoadedPolicy policy) {
        var served = new ServedPolicy(version.getPolicyId(), version.getVersion(), policy);
        // Held before it is kept: with no room for others it lives exactly as long as this lease.
        served.hold();
        change(() -> keep(served));
        return new PolicyLease(this, served, true);
    }

    /** The active version, if there is one yet. */
    public Optional<PolicyLease> lease(String policyId) {
        return locked(() -> hold(active.get(policyId), false));
    }

    /** An exact version, if it is in memory. */
    public Optional<PolicyLease> lease(String policyId, int version) {
        return locked(() -> {
            ServedPolicy serving = active.get(policyId);
            return hold(
                    serving != null && serving.version() == version
                            ? serving
                            : others.get(new VersionBook.Key(policyId, version)),
                    true);
        });
    }

    /** Versions of a policy that served and have been replaced, and are still used by what runs. */
    public int leaving(String policyId) {
        return locked(() -> (int) leaving.stream()
                .filter(served -> served.hasServed() && served.policyId().equals(policyId))
                .count());
    }

    /** Has those who wait for a change look again: something that is not kept here has changed. */
    void wake() {
        lock.lock();
        try {
            signalChange();
        } finally {
            lock.unlock();
        }
    }

    /** How often something was announced, activated, refused or freed so far; look before you search. */
    public long changes() {
        return locked(() -> changes);
    }

    /** Waits until there were more changes than those seen, or the time is up. */
    public void awaitChange(long seen, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (changes == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Retires all versions; those in use are closed with their last lease. */
    @Override
    public void close() {
        change(() -> {
            closed = true;
            var all = new ArrayList<>(active.values());
            all.addAll(others.values());
            active.clear();
            others.clear();
            return all;
        });
    }

    /** What a change leaves without a place; a lambda that runs under the lock. */
    @FunctionalInterface
    private interface Change {
        List<ServedPolicy> apply();
    }

    private void change(Change change) {
        var toClose = new ArrayList<ServedPolicy>();
        lock.lock();
        try {
            for (ServedPolicy served : change.apply()) {
                if (served.retire()) {
                    toClose.add(served);
                } else {
                    leaving.add(served);
                }
            }
            signalChange();
        } finally {
            lock.unlock();
        }
        toClose.forEach(served -> served.policy().close());
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock. */
    private void signalChange() {
        changes++;
        changed.signalAll();
    }

    /** Called under the lock. */
    private List<ServedPolicy> keep(ServedPolicy served) {
        var pushedOut = new ArrayList<ServedPolicy>();
        ServedPolicy replaced = others.put(new VersionBook.Key(served.policyId(), served.version()), served);
        if (replaced != null) {
            pushedOut.add(replaced);
        }
        while (others.size() > maxOthers || (closed && !others.isEmpty())) {
            pushedOut.add(others.pollFirstEntry().getValue());
        }
        return pushedOut;
    }

    /** Called under the lock. */
    private Optional<PolicyLease> hold(@Nullable ServedPolicy served, boolean exact) {
        if (served == null) {
            return Optional.empty();
        }
        served.hold();
        return Optional.of(new PolicyLease(this, served, exact));
    }

    /** One more lease of a version that has one. */
    PolicyLease share(ServedPolicy served, boolean exact) {
        return locked(() -> {
            served.hold();
            return new PolicyLease(this, served, exact);
        });
    }

    void release(ServedPolicy served) {
        boolean last = locked(() -> {
            boolean unused = served.release();
            if (unused) {
                leaving.remove(served);
                signalChange();
            }
            return unused;
        });
        if (last) {
            served.policy().close();
        }
    }
}
