package dev.troupe.agent.openai;

import dev.troupe.agent.openai.ServerException.Fault;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers. A request goes to the one with the fewest that may be asked; one that keeps failing is left out for a
 * while, then tried with a single request. Safe for use by many threads.
 */
final class ReplicaPool {
    private final List<Replica> replicas;
    private final int concurrency;
    private final Duration leaveOut;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    ReplicaPool(List<URI> baseUrls, int concurrency, Duration leaveOut, InstantSource clock) {
        this.replicas = baseUrls.stream().map(Replica::new).toList();
        this.concurrency = concurrency;
        this.leaveOut = leaveOut;
        this.clock = clock;
    }

    List<Replica> all() {
        return replicas;
    }

    /**
     * Waits for a replica that may be asked; whoever takes it tells how it went.
     *
     * @param avoid failed the same request before; another is preferred
     * @throws ServerException when none came free in time; the message says what each is doing
     */
    Replica take(Duration atMost, @Nullable Replica avoid) throws ServerException, InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                Instant now = clock.instant();
                Optional<Replica> next = next(now, avoid);
                if (next.isPresent()) {
                    next.get().take();
                    return next.get();
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new ServerException(
                            Fault.UNAVAILABLE, "no replica took the request within " + atMost + ": " + describe(now));
                }
                long _ = changed.awaitNanos(Math.min(left, nanosUntilOneReturns(now)));
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Replica> next(Instant now, @Nullable Replica avoid) {
        return replicas.stream()
                .filter(replica -> replica.usable(now, concurrency))
                .min(Comparator.comparingInt((Replica replica) -> replica == avoid ? 1 : 0)
                        .thenComparingInt(Replica::running));
    }

    /** Bounded, so that a clock that is set back cannot keep anyone waiting. */
    private long nanosUntilOneReturns(Instant now) {
        long longest = Duration.ofSeconds(1).toNanos();
        return replicas.stream()
                .filter(replica -> now.isBefore(replica.pausedUntil()))
                .mapToLong(replica ->
                        Math.clamp(Duration.between(now, replica.pausedUntil()).toMillis() * 1_000_000 + 1, 1, longest))
                .min()
                .orElse(longest);
    }

    private String describe(Instant now) {
        return replicas.stream().map(replica -> replica.describe(now)).collect(Collectors.joining("; "));
    }

    /** The request that took the replica is answered. */
    void succeeded(Replica replica) {
        change(() -> {
            replica.end();
            replica.succeeded();
        });
    }

    /** The request that took the replica failed. */
    void failed(Replica replica, ServerException e) {
        change(() -> {
            replica.end();
            replica.failed(e, clock.instant(), leaveOut);
        });
    }

    /** The request that took the replica is not wanted any more, which says nothing about the replica. */
    void abandoned(Replica replica) {
        change(replica::end);
    }

    /** Something failed that had not taken the replica. */
    void note(Replica replica, ServerException e) {
        change(() -> replica.failed(e, clock.instant(), leaveOut));
    }

    /** Something succeeded that had not taken the replica. */
    void recovered(Replica replica) {
        change(replica::succeeded);
    }

    /** Whether it keeps failing, and it is not time yet to try it again. */
    boolean resting(Replica replica) {
        lock.lock();
        try {
            return replica.leftOut() && clock.instant().isBefore(replica.pausedUntil());
        } finally {
            lock.unlock();
        }
    }

    /** Asks nothing of this replica for a while. */
    void pause(Replica replica, Duration wait) {
        change(() -> replica.pause(clock.instant().plus(wait)));
    }

    int running(Replica replica) {
        lock.lock();
        try {
            return replica.running();
        } finally {
            lock.unlock();
        }
    }

    boolean leftOut(Replica replica) {
        lock.lock();
        try {
            return replica.leftOut();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable action) {
        lock.lock();
        try {
            action.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
