package dev.troupe.evaluator;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the evaluator counts. */
final class EvaluatorMetrics {

    static final String TASKS_FED = "troupe.evaluator.tasks.fed";
    static final String EVALUATIONS = "troupe.evaluator.evaluations";
    static final String TIMEOUTS = "troupe.evaluator.timeouts";

    static final String ALARMS = "troupe.evaluator.alarms";

    private final Counter tasksFed;
    private final Counter evaluations;
    private final Counter timeouts;
    private final Counter alarms;

    EvaluatorMetrics(MeterRegistry registry) {
        tasksFed = Counter.builder(TASKS_FED).description("held-out tasks fed").register(registry);
        evaluations = Counter.builder(EVALUATIONS)
                .description("evaluations published")
                .register(registry);
        timeouts = Counter.builder(TIMEOUTS)
                .description("evaluations published before all episodes were back")
                .register(registry);
        alarms = Counter.builder(ALARMS)
                .description("alarms raised: a reward has risen while a stricter score fell")
                .register(registry);
    }

    void raised() {
        alarms.increment();
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
