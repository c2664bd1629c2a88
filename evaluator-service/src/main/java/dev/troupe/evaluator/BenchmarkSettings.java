package dev.troupe.evaluator;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.team.FrozenRoles;
import dev.troupe.runtime.team.TeamPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code benchmark.<name>.*}; what cannot be used is left with the settings, to be reported with the rest. */
final class BenchmarkSettings {

    private static final int MAX_SAMPLES = 64;

    private final Settings settings;
    private final String name;
    private final String prefix;

    BenchmarkSettings(Settings settings, String name) {
        this.settings = settings;
        this.name = name;
        this.prefix = "benchmark." + name + ".";
    }

    Optional<Benchmark> read() {
        String teamId = settings.text(prefix + "team", "team");
        String collaboration = settings.text(prefix + "collaboration", "parallel");
        Due due = due();
        Draws draws = draws();
        var rivals = new Rivals(
                versions("reference", List.of("initial", "previous")), versions("shadow", List.of()), baselines());
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
                    FrozenRoles.from(settings).learning(TeamPolicies.from(settings), teamId),
                    due,
                    draws,
                    rivals,
                    Benchmark.read(Path.of(file), limit)));
        } catch (IOException e) {
            settings.problem(prefix + "tasks", "cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            settings.problem(EvaluatorOptions.BENCHMARKS, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private Due due() {
        int every = settings.integer(prefix + "every", 20, 1, 1_000_000);
        String versions = settings.text(prefix + "versions", "every");
        return switch (versions) {
            case "every" -> new Due.Every(every);
            case "initial" -> new Due.OnlyInitial();
            default -> {
                settings.problem(prefix + "versions", "'%s' is neither every nor initial".formatted(versions));
                yield new Due.Every(every);
            }
        };
    }

    private Draws draws() {
        int samples = settings.integer(prefix + "samples", 1, 1, MAX_SAMPLES);
        double temperature = settings.decimal(prefix + "temperature", 1.0, 0, 10);
        List<Integer> all = Draws.powersOfTwo(samples);
        var ks = new ArrayList<Integer>();
        for (String k :
                settings.list(prefix + "k", all.stream().map(String::valueOf).toList())) {
            if (k.matches("\\d{1,3}") && Integer.parseInt(k) >= 1 && Integer.parseInt(k) <= samples) {
                ks.add(Integer.parseInt(k));
            } else {
                settings.problem(
                        prefix + "k", "'%s' is not between 1 and the %d of %ssamples".formatted(k, samples, prefix));
            }
        }
        return new Draws(samples, temperature, ks);
    }

    private List<String> baselines() {
        List<String> benchmarks = settings.list(EvaluatorOptions.BENCHMARKS, List.of());
        List<String> baselines = settings.list(prefix + "baseline", List.of());
        for (String baseline : baselines) {
            if (baseline.equals(name) || !benchmarks.contains(baseline)) {
                settings.problem(
                        prefix + "baseline",
                        "'%s' is not another of %s".formatted(baseline, EvaluatorOptions.BENCHMARKS));
            }
        }
        return baselines;
    }

    private List<VersionName> versions(String key, List<String> defaultValue) {
        return settings.list(prefix + key, defaultValue).stream()
                .flatMap(text -> {
                    try {
                        return Stream.of(VersionName.parse(text));
                    } catch (IllegalArgumentException e) {
                        settings.problem(prefix + key, String.valueOf(e.getMessage()));
                        return Stream.empty();
                    }
                })
                .toList();
    }
}
