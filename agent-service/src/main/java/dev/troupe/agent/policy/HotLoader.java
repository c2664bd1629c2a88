package dev.troupe.agent.policy;

import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the newest version of each policy, or the one that a route names, beside the one that serves, on a thread of
 * its own, and swaps. A version that cannot be served is reported and the old one serves on. When several are waiting
 * only the newest is loaded.
 */
public final class HotLoader implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(HotLoader.class);

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);
    private static final Duration TURN_TO_OTHERS = Duration.ofMillis(100);

    /** Between tries while the artifact store, or the servers that are to sample, are away. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final String agentId;
    private final PolicyRegistry registry;
    private final PolicyLoader loader;
    private final Consumer<ModelActivation> report;
    private final PolicyMetrics metrics;
    private final InstantSource clock;
    private final LinkedBlockingQueue<String> wakened = new LinkedBlockingQueue<>();
    /** Policies whose next version the store did not give; of the loader's thread only. */
    private final SequencedSet<String> waiting = new LinkedHashSet<>();
    /** When the first of those is asked for again, as {@link System#nanoTime}. */
    private long retryAt = Long.MAX_VALUE;

    private final Thread thread;

    /** @param report takes what became of each version */
    public HotLoader(
            String agentId,
            PolicyRegistry registry,
            PolicyLoader loader,
            Consumer<ModelActivation> report,
            PolicyMetrics metrics,
            InstantSource clock) {
        this.agentId = agentId;
        this.registry = registry;
        this.loader = loader;
        this.report = report;
        this.metrics = metrics;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("hot-loader").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Takes a version from the log; loading happens later, on the loader's thread. */
    public void announce(ModelVersion version) {
        registry.announce(version);
        wakened.add(version.getPolicyId());
    }

    /** Takes a person's word on which version is served. */
    public void route(ModelRoute route) {
        registry.route(route);
        wakened.add(route.getPolicyId());
    }

    public boolean live() {
        return thread.isAlive();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                String policyId = next();
                Optional<ModelVersion> pending = registry.pending(policyId);
                if (pending.isPresent() && registry.leaving(policyId) > 0) {
                    awaitRoom(policyId);
                } else {
                    pending.ifPresent(this::load);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String next() throws InterruptedException {
        if (waiting.isEmpty()) {
            retryAt = Long.MAX_VALUE;
            return wakened.take();
        }
        long now = System.nanoTime();
        if (retryAt == Long.MAX_VALUE) {
            retryAt = now + RETRY.toNanos();
        }
        String policyId = wakened.poll(Math.max(0, retryAt - now), TimeUnit.NANOSECONDS);
        if (policyId != null && System.nanoTime() - retryAt < 0) {
            return policyId;
        }
        if (policyId != null) {
            wakened.add(policyId);
        }
        retryAt = Long.MAX_VALUE;
        return waiting.removeFirst();
    }

    /**
     * Two versions of a policy are in memory at most: the next one waits until what runs on the last but one is done,
     * and other policies do not wait for that.
     */
    private void awaitRoom(String policyId) throws InterruptedException {
        long seen = registry.changes();
        if (registry.leaving(policyId) > 0) {
            registry.awaitChange(seen, wakened.isEmpty() ? LOG_INTERVAL : TURN_TO_OTHERS);
            if (wakened.isEmpty() && registry.changes() == seen) {
                LOGGER.atInfo()
                        .addKeyValue("policyId", policyId)
                        .log("the next version waits: sequences still run on a version that was replaced");
            }
        }
        wakened.add(policyId);
    }

    /** Loads and swaps; package-private so that tests need no thread. */
    void load(ModelVersion version) {
        OptionalInt previous = registry.activeVersion(version.getPolicyId());
        long begun = System.nanoTime();
        LoadedPolicy policy;
        try {
            policy = loader.load(version);
        } catch (PolicyLoadException e) {
            if (Thread.currentThread().isInterrupted()) {
                // The agent is stopping: what was cut off says nothing about the version.
                return;
            }
            if (e.isPassing()) {
                waiting.add(version.getPolicyId());
                LOGGER.atWarn()
                        .addKeyValue("policyId", version.getPolicyId())
                        .addKeyValue("policyVersion", version.getVersion())
                        .addKeyValue("error", e.getMessage())
                        .log("the version cannot be had now; it is asked for again");
                return;
            }
            registry.refuse(version, String.valueOf(e.getMessage()));
            metrics.refused(e.reason());
            LOGGER.atError()
                    .addKeyValue("policyId", version.getPolicyId())
                    .addKeyValue("policyVersion", version.getVersion())
                    .addKeyValue("serving", previous.isPresent() ? previous.getAsInt() : "none")
                    .addKeyValue("error", e.getMessage())
                    .log("version is refused");
            report.accept(activation(version, previous, millis(begun), 0, String.valueOf(e.getMessage())));
            // With nothing to serve yet, an older version is better than none.
            wakened.add(version.getPolicyId());
            return;
        }
        long loaded = System.nanoTime();
        registry.activate(version, policy);
        long swapped = System.nanoTime();
        metrics.activated(
                version.getPolicyId(), registry, Duration.ofNanos(loaded - begun), Duration.ofNanos(swapped - loaded));
        LOGGER.atInfo()
                .addKeyValue("policyId", version.getPolicyId())
                .addKeyValue("policyVersion", version.getVersion())
                .addKeyValue("loadMillis", (loaded - begun) / 1_000_000)
                .log("version is active");
        report.accept(activation(version, previous, (loaded - begun) / 1e6, (swapped - loaded) / 1e6, null));
    }

    private ModelActivation activation(
            ModelVersion version, OptionalInt previous, double load, double swap, @Nullable String refusal) {
        return ModelActivation.newBuilder()
                .setAgentId(agentId)
                .setPolicyId(version.getPolicyId())
                .setVersion(version.getVersion())
                .setPrevious(previous.isPresent() ? previous.getAsInt() : null)
                .setStatus(refusal == null ? ActivationStatus.ACTIVE : ActivationStatus.REFUSED)
                .setReason(refusal)
                .setActivatedAt(clock.millis())
                .setLoadMillis(load)
                .setSwapMillis(swap)
                .setServing(registry.activeVersions())
                .build();
    }

    private static double millis(long since) {
        return (System.nanoTime() - since) / 1e6;
    }

    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            // A load that runs ends by itself; it must not outlive the registry that would own its result.
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
