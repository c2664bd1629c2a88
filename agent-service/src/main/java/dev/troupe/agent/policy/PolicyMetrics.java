package dev.troupe.agent.policy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Meters of versions that come and go. */
public final class PolicyMetrics {
    public static final String LOAD = "troupe.agent.model.load";
    public static final String SWAP = "troupe.agent.model.swap";
    public static final String REFUSED = "troupe.agent.model.refused";
    public static final String VERSION = "troupe.agent.model.version";

    private final MeterRegistry registry;
    // touched by the loading thread only
    private final Set<String> policies = new HashSet<>();

    public PolicyMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void activated(String policyId, PolicyRegistry versions, Duration load, Duration swap) {
        registry.timer(LOAD, "policy", policyId).record(load);
        registry.timer(SWAP, "policy", policyId).record(swap);
        if (policies.add(policyId)) {
            Gauge.builder(VERSION, versions, all -> all.activeVersion(policyId).orElse(-1))
                    .tag("policy", policyId)
                    .register(registry);
        }
    }

    void refused(PolicyLoadException.Reason reason) {
        registry.counter(REFUSED, "reason", reason.name()).increment();
    }
}
