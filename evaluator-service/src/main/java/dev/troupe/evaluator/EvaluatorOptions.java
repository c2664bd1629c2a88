package dev.troupe.evaluator;

import dev.troupe.runtime.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

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
                    policies(settings, teamId),
                    every,
                    samples,
                    temperature,
                    Benchmark.read(Path.of(file), limit)));
        } catch (IOException e) {
            settings.problem(prefix + "tasks", "cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The team's policies: one per role where the settings say so, or one named like the team. */
    private static List<String> policies(Settings settings, String teamId) {
        var policies =
                new TreeSet<>(settings.prefixed("team." + teamId + ".policy.").values());
        String shared = settings.text("team." + teamId + ".policy", policies.isEmpty() ? teamId : "");
        if (!shared.isBlank()) {
            policies.add(shared);
        }
        return List.copyOf(policies);
    }
}
