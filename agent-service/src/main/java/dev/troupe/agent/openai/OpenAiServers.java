package dev.troupe.agent.openai;

import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.Completion;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that sample for this agent. Each turn waits on a virtual thread of its own; there are never more than the
 * agent has taken.
 */
public final class OpenAiServers implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OpenAiServers.class);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final OpenAiOptions options;
    private final Connections connections;
    private final LoraAdapters adapters;
    private final AdapterFleet fleet;
    private final Sampler sampler;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("openai-", 0).factory());
    private final Set<Thread> sampling = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    public OpenAiServers(OpenAiOptions options, MeterRegistry meters, InstantSource clock) {
        this.options = options;
        PatienceOptions patience = options.patience();
        var metrics = new OpenAiMetrics(meters);
        var pool = new ReplicaPool(options.baseUrls(), options.concurrency(), patience.leftOut(), clock);
        metrics.watch(pool);
        connections = new Connections(
                new HttpCalls(options.apiKey(), patience.connect(), clock),
                pool,
                new Backoff(patience.backoff(), PatienceOptions.LONGEST_BACKOFF, closing),
                metrics,
                threads,
                clock);
        adapters = new LoraAdapters(patience, connections);
        fleet = new AdapterFleet(options.maxLoras(), adapters, connections);
        sampler = new Sampler(options, connections, adapters);
    }

    OpenAiOptions options() {
        return options;
    }

    ReplicaPool pool() {
        return connections.pool();
    }

    AdapterFleet fleet() {
        return fleet;
    }

    Sampler sampler() {
        return sampler;
    }

    ReplicaProbe probe() {
        return new ReplicaProbe(options, connections, sampler, adapters);
    }

    /** Draws a completion; called on a thread that waits for servers. */
    @FunctionalInterface
    interface Draw {
        Completion draw() throws InterruptedException;
    }

    /** @param lease is the result's, or closed */
    CompletableFuture<Sampled> sample(PolicyLease lease, Draw draw) {
        var sampled = new CompletableFuture<Sampled>();
        Thread thread = Thread.ofVirtual().name("openai-turn").unstarted(() -> run(lease, draw, sampled));
        CompletableFuture<Sampled> _ = sampled.whenComplete((_, _) -> {
            if (sampled.isCancelled()) {
                thread.interrupt();
            }
        });
        sampling.add(thread);
        thread.start();
        if (closing.getCount() == 0) {
            thread.interrupt();
        }
        return sampled;
    }

    private void run(PolicyLease lease, Draw draw, CompletableFuture<Sampled> sampled) {
        try {
            if (!sampled.complete(Sampled.by(lease, draw.draw()))) {
                lease.close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            lease.close();
            sampled.completeExceptionally(new CancellationException("the agent is stopping"));
        } catch (RuntimeException | Error e) {
            lease.close();
            sampled.completeExceptionally(e);
        } finally {
            sampling.remove(Thread.currentThread());
        }
    }

    /** Ends what is being sampled, and waits a moment for adapters that are being unloaded. */
    @Override
    public void close() {
        closing.countDown();
        sampling.forEach(Thread::interrupt);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.atWarn().log("adapters are still being unloaded; the next agent sweeps what is left");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        connections.calls().close();
    }
}
