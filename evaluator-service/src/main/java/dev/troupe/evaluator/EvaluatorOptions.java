package dev.troupe.evaluator;

import dev.troupe.evaluator.alarm.AlarmRule;
import dev.troupe.runtime.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is evaluated, and when.
 *
 * @param benchmarks held-out tasks and who plays them
 * @param alarms what is watched over the evaluations
 * @param timeout after which an evaluation is published with what came back; the rest counts as failed
 */
record EvaluatorOptions(List<Benchmark> benchmarks, List<AlarmRule> alarms, Duration timeout) {

    static final String BENCHMARKS = "evaluator.benchmarks";

    EvaluatorOptions {
        benchmarks = List.copyOf(benchmarks);
        alarms = List.copyOf(alarms);
    }

    static EvaluatorOptions from(Settings settings) {
        var benchmarks = new ArrayList<Benchmark>();
        for (String name : settings.list(BENCHMARKS, List.of())) {
            new BenchmarkSettings(settings, name).read().ifPresent(benchmarks::add);
        }
        var alarms = new ArrayList<AlarmRule>();
        for (String name : settings.list("evaluator.alarms", List.of())) {
            new AlarmSettings(settings, name, benchmarks).read().ifPresent(alarms::add);
        }
        return new EvaluatorOptions(benchmarks, alarms, settings.duration("evaluator.timeout", Duration.ofMinutes(10)));
    }

    /** Ids of the held-out tasks, by benchmark. */
    Map<String, Set<String>> taskIds() {
        return benchmarks.stream().collect(Collectors.toMap(Benchmark::name, Benchmark::taskIds, (first, _) -> first));
    }
}
