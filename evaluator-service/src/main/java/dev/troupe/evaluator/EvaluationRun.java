package dev.troupe.evaluator;

import dev.troupe.evaluator.play.History;
import dev.troupe.evaluator.play.Measures;
import dev.troupe.evaluator.play.Play;
import dev.troupe.evaluator.play.PlayId;
import dev.troupe.schemas.avro.Comparison;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Metric;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One version on one benchmark, and its shadows beside it: which tasks are fed, and what the episodes that have come
 * back add up to. Owned by one thread.
 */
final class EvaluationRun {

    private final Benchmark benchmark;
    private final String run;
    private final Play candidate;
    private final List<Play> shadows = new ArrayList<>();
    private final Map<Play, Measures> measured = new LinkedHashMap<>();

    /**
     * Begins a run.
     *
     * @param version the one that is evaluated
     * @param shadows versions that play the same tasks beside it
     * @param run makes the task ids of a run that was cut off and starts again differ from the first ones
     * @param history where the episodes come in
     */
    EvaluationRun(Benchmark benchmark, int version, List<Integer> shadows, String run, History history) {
        this.benchmark = benchmark;
        this.run = run;
        this.candidate = history.play(new PlayId(benchmark.name(), version, run));
        shadows.forEach(shadow -> this.shadows.add(history.play(new PlayId(benchmark.name(), shadow, run))));
    }

    Benchmark benchmark() {
        return benchmark;
    }

    int version() {
        return candidate.id().version();
    }

    boolean plays(int version) {
        return plays().stream().anyMatch(play -> play.id().version() == version);
    }

    /** The tasks to feed: the held-out ones with ids of this run, pinned to the version; versions take turns. */
    List<Task> tasks() {
        var tasks = new ArrayList<Task>();
        benchmark
                .byId()
                .forEach((id, task) -> plays().forEach(play -> tasks.add(Task.newBuilder(task)
                        .setTaskId(play.id().taskId(id))
                        .setTeamId(benchmark.teamId())
                        .setCollaboration(benchmark.collaboration())
                        .setPurpose(Purpose.EVALUATE)
                        .setNumGenerations(benchmark.draws().samples())
                        .setPolicyVersions(benchmark.versions(play.id().version()))
                        .setSampling(new Sampling(benchmark.draws().temperature(), 1.0, 0, 0))
                        .build())));
        return tasks;
    }

    boolean isComplete() {
        return received() == expected();
    }

    int received() {
        return plays().stream().mapToInt(Play::received).sum();
    }

    int expected() {
        return plays().size() * ofOne();
    }

    /**
     * What the episodes received so far add up to, the shadows first: who reads the evaluated version's has them.
     *
     * @param references that the evaluated version is compared with
     */
    List<Evaluation> results(List<Reference> references, long finishedAt) {
        plays().forEach(play -> measured.put(
                play,
                Measures.of(
                        play,
                        benchmark.taskIds(),
                        benchmark.draws().samples(),
                        benchmark.draws().ks())));
        var results = new ArrayList<Evaluation>();
        var comparisons = new ArrayList<Comparison>();
        for (Play shadow : shadows) {
            results.add(result(shadow, List.of(comparison(shadow, new Reference(benchmark, candidate))), finishedAt)
                    .setShadowOf(version())
                    .build());
            compare(new Reference(benchmark, shadow), comparisons);
        }
        references.forEach(reference -> compare(reference, comparisons));
        results.add(result(candidate, comparisons, finishedAt).build());
        return results;
    }

    /** Better than a version that nobody could play, such as one whose weights are gone, says nothing. */
    private void compare(Reference other, List<Comparison> comparisons) {
        if (other.play().scored() > 0) {
            comparisons.add(comparison(candidate, other));
        }
    }

    private Evaluation.Builder result(Play play, List<Comparison> comparisons, long finishedAt) {
        var metrics = new TreeMap<>(measures(play).means());
        play.wallMillis().ifPresent(millis -> {
            // Tasks are played side by side, so this has no interval over them.
            double perTask = (double) millis / benchmark.taskIds().size();
            metrics.put(
                    "wallMillisPerTask",
                    new Metric(perTask, perTask, perTask, benchmark.taskIds().size()));
        });
        return Evaluation.newBuilder()
                .setBenchmark(benchmark.name())
                .setEnvironment(benchmark.environment())
                .setTeamId(benchmark.teamId())
                .setCollaboration(benchmark.collaboration())
                .setVersions(benchmark.versions(play.id().version()))
                .setMetrics(metrics)
                .setTasks(benchmark.taskIds().size())
                .setIncomplete(ofOne() - play.scored())
                .setFinishedAt(finishedAt)
                .setRun(run)
                .setComparisons(comparisons.stream()
                        .filter(comparison -> !comparison.getDifferences().isEmpty())
                        .toList());
    }

    private Comparison comparison(Play play, Reference other) {
        PlayId id = other.play().id();
        return new Comparison(
                id.benchmark(),
                other.benchmark().versions(id.version()),
                id.run(),
                measures(play).minus(measures(other.play())));
    }

    private Measures measures(Play play) {
        return measured.computeIfAbsent(
                play, past -> Measures.of(past, benchmark.draws().ks()));
    }

    private List<Play> plays() {
        var plays = new ArrayList<>(List.of(candidate));
        plays.addAll(shadows);
        return plays;
    }

    /** Episodes that one version should play. */
    private int ofOne() {
        return benchmark.taskIds().size() * benchmark.draws().samples();
    }
}
