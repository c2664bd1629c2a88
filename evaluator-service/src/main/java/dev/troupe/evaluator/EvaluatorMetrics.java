package dev.troupe.evaluator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the evaluator counts. */
final class EvaluatorMetrics {

    static final String TASKS_FED = "troupe.evaluator.tasks.fed";
    static final String EVALUATIONS = "troupe.evaluator.evaluations";
    static final String TIMEOUTS = "troupe.evaluator.timeouts";

    private final Counter tasksFed;
    private final Counter evaluations;
    private final Counter timeouts;

    EvaluatorMetrics(MeterRegistry registry) {
        tasksFed = Counter.builder(TASKS_FED).description("held-out tasks fed").register(registry);
        evaluations = Counter.builder(EVALUATIONS)
                .description("evaluations published")
                .register(registry);
        timeouts = Counter.builder(TIMEOUTS)
                .description("evaluations published before all episodes were back")
                .register(registry);
    }

    void fed(int tasks) {
        tasksFed.increment(tasks);
    }

    void published(boolean complete) {
        evaluations.increment();
        if (!complete) {
            timeouts.increment();
        }
    }
}
