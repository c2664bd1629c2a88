package dev.troupe.trainer;

import dev.troupe.trainer.update.StepOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Meters of one team's trainer: what the training steps say, as gauges, and what became of the groups. */
final class TrainerMetrics {
    /** TRL's names follow, with dots for slashes. */
    static final String STEP_PREFIX = "troupe.trainer.step.";

    static final String GROUPS = "troupe.trainer.groups";
    static final String STEPS = "troupe.trainer.steps";
    static final String RESTARTS = "troupe.trainer.restarts";

    private final MeterRegistry registry;
    private final String teamId;
    private final Map<String, AtomicReference<Double>> gauges = new ConcurrentHashMap<>();

    TrainerMetrics(MeterRegistry registry, String teamId) {
        this.registry = registry;
        this.teamId = teamId;
    }

    /** Shows a committed step. */
    void committed(Map<String, Double> metrics, StepOutcome outcome) {
        counter(STEPS).increment();
        groups("TRAINED").increment(outcome.taskIds().size());
        outcome.skipped().forEach(group -> groups(group.getReason()).increment());
        // What this step does not say must not be shown as if it did.
        gauges.forEach((name, value) -> value.set(metrics.getOrDefault(name, Double.NaN)));
        metrics.forEach((name, value) -> gauge(name).set(value));
    }

    /** Counts a session that ended with an error and is opened again. */
    void restarted() {
        counter(RESTARTS).increment();
    }

    private AtomicReference<Double> gauge(String name) {
        return gauges.computeIfAbsent(name, _ -> {
            var value = new AtomicReference<>(Double.NaN);
            Gauge.builder(STEP_PREFIX + name.replace('/', '.'), value, AtomicReference::get)
                    .tag("team", teamId)
                    .register(registry);
            return value;
        });
    }

    private Counter groups(String outcome) {
        return registry.counter(GROUPS, "team", teamId, "outcome", outcome);
    }

    private Counter counter(String name) {
        return registry.counter(name, "team", teamId);
    }
}
