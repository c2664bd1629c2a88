package dev.troupe.evaluator;

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
 * @param timeout after which an evaluation is published with what came back; the rest counts as failed
 */
record EvaluatorOptions(List<Benchmark> benchmarks, Duration timeout) {

    EvaluatorOptions {
        benchmarks = List.copyOf(benchmarks);
    }

    static EvaluatorOptions from(Settings settings) {
        var benchmarks = new ArrayList<Benchmark>();
        for (String name : settings.list("evaluator.benchmarks", List.of())) {
            new BenchmarkSettings(settings, name).read().ifPresent(benchmarks::add);
        }
        return new EvaluatorOptions(benchmarks, settings.duration("evaluator.timeout", Duration.ofMinutes(10)));
    }

    /** Ids of the held-out tasks, by benchmark. */
    Map<String, Set<String>> taskIds() {
        return benchmarks.stream().collect(Collectors.toMap(Benchmark::name, Benchmark::taskIds, (first, _) -> first));
    }
}
