package dev.troupe.agent.openai;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;

/** Meters of the servers that sample. */
final class OpenAiMetrics {
    static final String REQUESTS = "troupe.agent.openai.requests";
    static final String RETRIES = "troupe.agent.openai.retries";
    static final String RUNNING = "troupe.agent.openai.running";
    static final String LEFT_OUT = "troupe.agent.openai.left.out";
    static final String ADAPTERS = "troupe.agent.openai.adapters";

    /** What became of an adapter at one replica. */
    enum AdapterOutcome {
        LOADED,
        /** It was there: another agent had loaded it. */
        SHARED,
        /** A server that had lost it has it again. */
        RELOADED,
        ROLLED_BACK,
        UNLOADED,
        /** Of a run or an agent that is gone. */
        SWEPT,
        LOAD_FAILED,
        UNLOAD_FAILED
    }

    private final MeterRegistry registry;

    OpenAiMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(ReplicaPool pool) {
        for (Replica replica : pool.all()) {
            Gauge.builder(RUNNING, () -> pool.running(replica))
                    .tag("replica", replica.name())
                    .register(registry);
            Gauge.builder(LEFT_OUT, () -> pool.leftOut(replica) ? 1 : 0)
                    .tag("replica", replica.name())
                    .register(registry);
        }
    }

    /** @param outcome completed, abandoned, refused, or a fault */
    void request(Replica replica, String outcome, Duration took) {
        registry.timer(REQUESTS, "replica", replica.name(), "outcome", outcome.toLowerCase(Locale.ROOT))
                .record(took);
    }

    void retry(ServerException.Fault reason) {
        registry.counter(RETRIES, "reason", reason.name()).increment();
    }

    void adapter(Replica replica, AdapterOutcome outcome) {
        registry.counter(ADAPTERS, "replica", replica.name(), "outcome", outcome.name())
                .increment();
    }
}
