package dev.troupe.agent.policy;

import dev.troupe.runtime.kafka.RetryLaterException;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the policy for a turn: the newest one, or an exact version, which is loaded when somebody asks for it. */
public final class PolicySource {
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicySource.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

    private final PolicyRegistry registry;
    private final PolicyLoader loader;
    private final PolicyMetrics metrics;
    private final InstantSource clock;
    /** One load of an exact version at a time: two threads that want the same must not both read it. */
    private final ReentrantLock loading = new ReentrantLock();

    public PolicySource(PolicyRegistry registry, PolicyLoader loader, PolicyMetrics metrics, InstantSource clock) {
        this.registry = registry;
        this.loader = loader;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** What the search for a policy came to. */
    public sealed interface Answer {
        /** The caller closes the lease when it has sampled. */
        record Found(PolicyLease lease) implements Answer {}

        /** Not known yet; it may come. */
        record Unknown(String reason) implements Answer {}

        /** Known, and not to be served. */
        record Refused(String reason) implements Answer {}
    }

    /**
     * Looks without waiting; the newest when {@code version} is null.
     *
     * @throws RetryLaterException when the servers that are to sample it do not answer
     */
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
        return load(announced.get());
    }

    /** Looks until the policy is known or the deadline has passed. */
    public Answer await(String policyId, @Nullable Integer version, Instant deadline) throws InterruptedException {
        Instant nextLog = clock.instant();
        while (true) {
            long seen = registry.changes();
            Answer answer = find(policyId, version);
            Instant now = clock.instant();
            if (!(answer instanceof Answer.Unknown(String reason)) || !now.isBefore(deadline)) {
                return answer;
            }
            if (!now.isBefore(nextLog)) {
                LOGGER.atWarn().addKeyValue("reason", reason).log("waiting for a policy");
                nextLog = now.plus(LOG_INTERVAL);
            }
            Duration left = Duration.between(now, deadline);
            registry.awaitChange(seen, left.compareTo(LOG_INTERVAL) < 0 ? left : LOG_INTERVAL);
        }
    }

    private Answer load(ModelVersion version) {
        loading.lock();
        try {
            Optional<PolicyLease> held = registry.lease(version.getPolicyId(), version.getVersion());
            if (held.isPresent()) {
                return new Answer.Found(held.get());
            }
            if (registry.isRefused(version.getPolicyId(), version.getVersion())) {
                return new Answer.Refused("version " + version.getVersion() + " of policy '" + version.getPolicyId()
                        + "' was refused; the log of this agent says why");
            }
            LoadedPolicy policy = loader.load(version);
            var served = registry.keepLoaded(version, policy);
            return new Answer.Found(served);
        } catch (PolicyLoadException e) {
            if (Thread.currentThread().isInterrupted()) {
                // What was cut off says nothing about the version.
                throw new IllegalStateException("interrupted while loading a version", e);
            }
            if (e.isPassing()) {
                throw new RetryLaterException(String.valueOf(e.getMessage()), RETRY, e);
            }
            registry.refuse(version);
            metrics.refused(e.reason());
            return new Answer.Refused(String.valueOf(e.getMessage()));
        } finally {
            loading.unlock();
        }
    }
}
