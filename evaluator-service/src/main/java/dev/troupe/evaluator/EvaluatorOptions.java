package dev.troupe.evaluator;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.team.TeamPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            benchmark(settings, name).ifPresent(benchmarks::add);
        }
        return new EvaluatorOptions(benchmarks, settings.duration("evaluator.timeout", Duration.ofMinutes(10)));
    }

    private static Optional<Benchmark> benchmark(Settings settings, String name) {
        String prefix = "benchmark." + name + ".";
        String teamId = settings.text(prefix + "team", "team");
        String collaboration = settings.text(prefix + "collaboration", "parallel");
        int every = settings.integer(prefix + "every", 20, 1, 1_000_000);
        int samples = settings.integer(prefix + "samples", 1, 1, 64);
        double temperature = settings.decimal(prefix + "temperature", 1.0, 0, 10);
        int limit = settings.integer(prefix + "limit", 1_000_000, 1, 1_000_000);
        String file = settings.required(prefix + "tasks");
        if (file.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Benchmark(
                    name,
                    teamId,
                    collaboration,
                    TeamPolicies.from(settings).policies(teamId),
                    every,
                    samples,
                    temperature,
                    Benchmark.read(Path.of(file), limit)));
        } catch (IOException e) {
            settings.problem(prefix + "tasks", "cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }
}
