package dev.troupe.agent.policy;

import static dev.troupe.agent.policy.PolicyLoadException.Reason.STORE;

import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of exact versions on their way to this machine, each on a thread of its own: a store that does not answer
 * holds up nobody but who needs that version. Whatever comes of it is a change of the registry. Safe for use by many
 * threads.
 */
final class VersionFetches implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(VersionFetches.class);

    /** How long what failed is not tried again. */
    static final Duration RETRY = Duration.ofSeconds(5);

    /** How long files are kept for somebody who may have given up. */
    private static final Duration UNCLAIMED = Duration.ofMinutes(10);

    private static final Duration CLOSE = Duration.ofSeconds(10);

    /** Where a version stands. */
    sealed interface Fetch {
        /** On its way, or being loaded by another. */
        record Running(Instant since) implements Fetch {}

        /** Whoever asked loads it, and says when it is {@linkplain #settled settled}. */
        record Fetched(FetchedVersion files, Instant since) implements Fetch {}

        /** Not to be had now; it is tried again when somebody asks after {@code until}. */
        record Failed(String reason, Instant until) implements Fetch {}
    }

    private final PolicyRegistry registry;
    private final PolicyLoader loader;
    private final PolicyMetrics metrics;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("version-fetch-", 0).factory());
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Map<VersionBook.Key, Fetch> fetches = new HashMap<>();
    // guarded by lock
    private boolean closed;

    VersionFetches(PolicyRegistry registry, PolicyLoader loader, PolicyMetrics metrics, InstantSource clock) {
        this.registry = registry;
        this.loader = loader;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Where a version stands; one that nobody has asked for is on its way from here on. */
    Fetch ask(ModelVersion version) {
        Instant now = clock.instant();
        lock.lock();
        try {
            fetches.values().removeIf(fetch -> isOver(fetch, now));
            Fetch fetch = fetches.get(key(version));
            if (fetch == null) {
                fetch = new Fetch.Running(now);
                fetches.put(key(version), fetch);
                threads.execute(() -> fetch(version));
            } else if (fetch instanceof Fetch.Fetched) {
                fetches.put(key(version), new Fetch.Running(now));
            }
            return fetch;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isOver(Fetch fetch, Instant now) {
        return switch (fetch) {
            case Fetch.Running _ -> false;
            case Fetch.Failed failed -> !now.isBefore(failed.until());
            case Fetch.Fetched(FetchedVersion files, Instant since) -> {
                boolean over = !now.isBefore(since.plus(UNCLAIMED));
                if (over) {
                    files.close();
                }
                yield over;
            }
        };
    }

    private void fetch(ModelVersion version) {
        try {
            FetchedVersion files = loader.fetch(version);
            if (!keep(version, files)) {
                files.close();
            }
        } catch (PolicyLoadException e) {
            // When the agent is stopping, what was cut off says nothing about the version.
            if (!Thread.currentThread().isInterrupted()) {
                failed(version, e);
            }
        } catch (RuntimeException | Error e) {
            // Nobody above can be told; those who ask must not ask again at once.
            failed(version, new PolicyLoadException(STORE, "fetching it failed unexpectedly: " + e, e));
        } finally {
            settled(version);
        }
    }

    /** @return false when it is too late */
    private boolean keep(ModelVersion version, FetchedVersion files) {
        lock.lock();
        try {
            if (!closed) {
                fetches.put(key(version), new Fetch.Fetched(files, clock.instant()));
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Puts off a version that cannot be had now, and refuses one that is bad. */
    void failed(ModelVersion version, PolicyLoadException e) {
        String reason = String.valueOf(e.getMessage());
        if (e.isPassing()) {
            lock.lock();
            try {
                fetches.put(
                        key(version), new Fetch.Failed(reason, clock.instant().plus(RETRY)));
            } finally {
                lock.unlock();
            }
        } else {
            LOGGER.atWarn()
                    .addKeyValue("policyId", version.getPolicyId())
                    .addKeyValue("policyVersion", version.getVersion())
                    .addKeyValue("error", reason)
                    .log("a version that turns ask for is refused");
            metrics.refused(e.reason());
            registry.refuse(version, reason);
        }
    }

    /** It is no longer on its way. */
    void settled(ModelVersion version) {
        lock.lock();
        try {
            fetches.computeIfPresent(key(version), (_, fetch) -> fetch instanceof Fetch.Running ? null : fetch);
        } finally {
            lock.unlock();
        }
        registry.wake();
    }

    private static VersionBook.Key key(ModelVersion version) {
        return new VersionBook.Key(version.getPolicyId(), version.getVersion());
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.atWarn().log("a version is still being fetched");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            closed = true;
            fetches.values().forEach(fetch -> {
                if (fetch instanceof Fetch.Fetched fetched) {
                    fetched.files().close();
                }
            });
            fetches.clear();
        } finally {
            lock.unlock();
        }
    }
}
