package dev.troupe.evaluator;

import static java.util.Objects.requireNonNullElse;

import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Which version of which benchmark is evaluated next. Version 0 comes first, as the yardstick; then always the newest
 * due version: where training outruns evaluation, versions in between are passed over. Owned by one thread.
 */
final class Schedule {

    private final Map<String, TreeSet<Integer>> published = new HashMap<>();
    private final Map<String, TreeSet<Integer>> done = new HashMap<>();

    void published(ModelVersion version) {
        published
                .computeIfAbsent(version.getPolicyId(), policy -> new TreeSet<>())
                .add(version.getVersion());
    }

    /** An evaluation was published; that a version has played as a shadow does not spare it its own. */
    void done(Evaluation evaluation) {
        if (evaluation.getShadowOf() == null) {
            evaluation.getVersions().values().stream()
                    .max(Integer::compare)
                    .ifPresent(version -> done(evaluation.getBenchmark(), version));
        }
    }

    void done(String benchmark, int version) {
        done.computeIfAbsent(benchmark, name -> new TreeSet<>()).add(version);
    }

    /** The version to evaluate now: published by all of the benchmark's policies, due, and not done. */
    OptionalInt next(Benchmark benchmark) {
        NavigableSet<Integer> evaluated = evaluated(benchmark);
        var due = new TreeSet<Integer>();
        for (int version : playable(benchmark)) {
            if (benchmark.due().includes(version)) {
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

    /** The version of that name, seen from another; nothing when it is that one, or there is none before it. */
    OptionalInt resolve(VersionName name, Benchmark benchmark, int seenFrom) {
        OptionalInt found =
                switch (name) {
                    case VersionName.Initial _ -> OptionalInt.of(0);
                    case VersionName.Exactly(int version) -> OptionalInt.of(version);
                    case VersionName.Previous _ ->
                        Optional.ofNullable(evaluated(benchmark).lower(seenFrom)).stream()
                                .mapToInt(Integer::intValue)
                                .findFirst();
                };
        return found.isPresent() && found.getAsInt() == seenFrom ? OptionalInt.empty() : found;
    }

    /** The last version that was evaluated. */
    OptionalInt newestDone(Benchmark benchmark) {
        NavigableSet<Integer> evaluated = evaluated(benchmark);
        return evaluated.isEmpty() ? OptionalInt.empty() : OptionalInt.of(evaluated.last());
    }

    /** Whether all of the benchmark's policies have published the version. */
    boolean canPlay(Benchmark benchmark, int version) {
        return playable(benchmark).contains(version);
    }

    private NavigableSet<Integer> playable(Benchmark benchmark) {
        return benchmark.policies().stream()
                .map(policy -> new TreeSet<>(published.getOrDefault(policy, new TreeSet<>())))
                .reduce((all, versions) -> {
                    all.retainAll(versions);
                    return all;
                })
                .orElseGet(TreeSet::new);
    }

    private NavigableSet<Integer> evaluated(Benchmark benchmark) {
        return requireNonNullElse(done.get(benchmark.name()), new TreeSet<>());
    }
}
