package dev.troupe.evaluator;

import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which version of which benchmark is evaluated next. Version 0 comes first, as the yardstick; then always the newest
 * due version: where training outruns evaluation, versions in between are passed over. Owned by one thread.
 */
final class Schedule {

    private final Map<String, TreeSet<Integer>> published = new HashMap<>();
    private final Map<String, Set<Integer>> done = new HashMap<>();

    void published(ModelVersion version) {
        published
                .computeIfAbsent(version.getPolicyId(), policy -> new TreeSet<>())
                .add(version.getVersion());
    }

    void done(Evaluation evaluation) {
        evaluation.getVersions().values().stream()
                .max(Integer::compare)
                .ifPresent(version -> done(evaluation.getBenchmark(), version));
    }

    void done(String benchmark, int version) {
        done.computeIfAbsent(benchmark, name -> new HashSet<>()).add(version);
    }

    /** The version to evaluate now: published by all of the benchmark's policies, due, and not done. */
    OptionalInt next(Benchmark benchmark) {
        Optional<TreeSet<Integer>> common = benchmark.policies().stream()
                .map(policy -> new TreeSet<>(published.getOrDefault(policy, new TreeSet<>())))
                .reduce((all, versions) -> {
                    all.retainAll(versions);
                    return all;
                });
        Set<Integer> evaluated = done.getOrDefault(benchmark.name(), Set.of());
        var due = new TreeSet<Integer>();
        for (int version : common.orElseGet(TreeSet::new)) {
            if (benchmark.isDue(version)) {
                due.add(version);
            }
        }
        if (due.isEmpty()) {
            return OptionalInt.empty();
        }
        if (due.first() == 0 && !evaluated.contains(0)) {
            return OptionalInt.of(0);
        }
        return evaluated.contains(due.last()) ? OptionalInt.empty() : OptionalInt.of(due.last());
    }
}
