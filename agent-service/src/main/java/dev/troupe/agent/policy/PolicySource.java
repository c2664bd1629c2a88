package dev.troupe.agent.policy;

import dev.troupe.agent.policy.VersionFetches.Fetch;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds the policy for a turn: the newest one, or an exact version, which is fetched and loaded when somebody asks for
 * it. Safe for use by many threads, none of which waits for a store.
 */
public final class PolicySource implements AutoCloseable {
    private final PolicyRegistry registry;
    private final VersionFetches fetches;
    /** One exact version is brought into memory at a time, so that no more are there than are kept and used. */
    private final ReentrantLock loading = new ReentrantLock();

    public PolicySource(PolicyRegistry registry, PolicyLoader loader, PolicyMetrics metrics, InstantSource clock) {
        this.registry = registry;
        this.fetches = new VersionFetches(registry, loader, metrics, clock);
    }

    /** What the search for a policy came to. */
    public sealed interface Answer {
        /** The caller closes the lease when it has sampled. */
        record Found(PolicyLease lease) implements Answer {}

        /** Not known yet; it may come. */
        record Unknown(String reason) implements Answer {}

        /** Known, and on its way. */
        record Coming(String reason, Instant since) implements Answer {}

        /** Known, and not to be had now; worth asking again when {@code retry} is over. */
        record Away(String reason, Duration retry) implements Answer {}

        /** Known, and not to be served. */
        record Refused(String reason) implements Answer {}
    }

    /** Looks without waiting for what is not on this machine; the newest when {@code version} is null. */
    public Answer find(String policyId, @Nullable Integer version) {
        if (version == null) {
            return registry.lease(policyId)
                    .<Answer>map(Answer.Found::new)
                    .orElseGet(() -> new Answer.Unknown(
                            "no version of policy '" + policyId + "' is active: is its trainer running?"));
        }
        Optional<PolicyLease> held = registry.lease(policyId, version);
        if (held.isPresent()) {
            return new Answer.Found(held.get());
        }
        Optional<ModelVersion> announced = registry.announced(policyId, version);
        if (announced.isEmpty()) {
            return new Answer.Unknown("policy '" + policyId + "' has no version " + version + " in model-versions");
        }
        Optional<String> refusal = registry.refusal(policyId, version);
        if (refusal.isPresent()) {
            return new Answer.Refused(refusal.get());
        }
        return switch (fetches.ask(announced.get())) {
            case Fetch.Running(Instant since) ->
                new Answer.Coming("version " + version + " of policy '" + policyId + "' is being loaded", since);
            case Fetch.Failed failed -> new Answer.Away(failed.reason(), VersionFetches.RETRY);
            case Fetch.Fetched fetched -> load(announced.get(), fetched.files());
        };
    }

    /** How often something was announced, activated, refused, fetched or freed so far; look before you search. */
    public long changes() {
        return registry.changes();
    }

    /** Waits until there were more changes than those seen, or the time is up. */
    public void awaitChange(long seen, Duration atMost) throws InterruptedException {
        registry.awaitChange(seen, atMost);
    }

    private Answer load(ModelVersion version, FetchedVersion files) {
        loading.lock();
        try (files) {
            Optional<PolicyLease> held = registry.lease(version.getPolicyId(), version.getVersion());
            return new Answer.Found(held.isPresent() ? held.get() : registry.keepLoaded(version, files.load()));
        } catch (PolicyLoadException e) {
            if (Thread.currentThread().isInterrupted()) {
                // What was cut off says nothing about the version.
                throw new IllegalStateException("interrupted while loading a version", e);
            }
            fetches.failed(version, e);
            String reason = String.valueOf(e.getMessage());
            return e.isPassing() ? new Answer.Away(reason, VersionFetches.RETRY) : new Answer.Refused(reason);
        } finally {
            loading.unlock();
            fetches.settled(version);
        }
    }

    /** Gives up what is on its way. */
    @Override
    public void close() {
        fetches.close();
    }
}
