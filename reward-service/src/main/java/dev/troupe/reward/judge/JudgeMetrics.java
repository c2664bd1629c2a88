package dev.troupe.reward.judge;

import dev.troupe.reward.containment.Containment;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** What the judges count. Tags are closed sets: installed environments, outcomes, verdicts. */
final class JudgeMetrics {

    /** Time of a judgement, seconds; tags {@code environment}, {@code outcome}. */
    static final String TIME = "troupe.judge.time";

    /** Programs run in a sandbox, cached verdicts left out; tag {@code verdict}. */
    static final String PROGRAMS = "troupe.sandbox.programs";

    /** Judgements that were interrupted and have not ended yet. */
    static final String LEFT_BEHIND = "troupe.judge.left.behind";

    private final MeterRegistry meters;

    JudgeMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    void judged(String environment, String outcome, Duration time) {
        meters.timer(TIME, "environment", environment, "outcome", outcome).record(time);
    }

    void watch(Containment containment) {
        meters.gauge(LEFT_BEHIND, containment, Containment::leftBehind);
    }

    void program(String verdict) {
        meters.counter(PROGRAMS, "verdict", verdict).increment();
    }
}
