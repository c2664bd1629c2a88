package dev.troupe.evaluator;

import dev.troupe.evaluator.alarm.AlarmRule;
import dev.troupe.evaluator.alarm.AlarmRule.Series;
import dev.troupe.runtime.config.Settings;
import java.util.List;
import java.util.Optional;

/** Reads {@code alarm.<name>.*}; what cannot be used is left with the settings, to be reported with the rest. */
final class AlarmSettings {

    private final Settings settings;
    private final String name;
    private final List<Benchmark> benchmarks;

    AlarmSettings(Settings settings, String name, List<Benchmark> benchmarks) {
        this.settings = settings;
        this.name = name;
        this.benchmarks = benchmarks;
    }

    Optional<AlarmRule> read() {
        Optional<Series> reward = series("reward");
        Optional<Series> guard = series("guard");
        if (reward.isEmpty() || guard.isEmpty()) {
            return Optional.empty();
        }
        String team = team(reward.get());
        if (!team.equals(team(guard.get()))) {
            settings.problem(
                    key("guard"),
                    "is of team %s, the reward of team %s; an alarm watches one team"
                            .formatted(team(guard.get()), team));
            return Optional.empty();
        }
        try {
            return Optional.of(new AlarmRule(name, reward.get(), guard.get()));
        } catch (IllegalArgumentException e) {
            settings.problem(key("guard"), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Series> series(String which) {
        String text = settings.required(key(which));
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            Series series = Series.parse(text.strip());
            if (benchmarks.stream().anyMatch(benchmark -> benchmark.name().equals(series.benchmark()))) {
                return Optional.of(series);
            }
            settings.problem(
                    key(which), "'%s' names no benchmark of evaluator.benchmarks".formatted(series.benchmark()));
        } catch (IllegalArgumentException e) {
            settings.problem(key(which), String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private String team(Series series) {
        return benchmarks.stream()
                .filter(benchmark -> benchmark.name().equals(series.benchmark()))
                .map(Benchmark::teamId)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no benchmark " + series.benchmark()));
    }

    private String key(String which) {
        return "alarm." + name + "." + which;
    }
}
