package dev.troupe.evaluator;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Metric;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One version on one benchmark: which tasks are fed, which episodes have come back, and what they add up to. Episodes
 * without a score count as failures, never as missing. Owned by one thread.
 */
final class EvaluationRun {

    private static final long INTERVAL_SEED = 42;

    private final Benchmark benchmark;
    private final int version;
    private final String attempt;
    private final Map<String, List<Episode>> episodes = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final int expected;

    /** @param attempt makes the task ids of a run that was cut off and starts again differ from the first ones */
    EvaluationRun(Benchmark benchmark, int version, String attempt) {
        this.benchmark = benchmark;
        this.version = version;
        this.attempt = attempt;
        for (Task task : benchmark.tasks()) {
            episodes.put(taskId(task), new ArrayList<>());
        }
        this.expected = episodes.size() * benchmark.samples();
    }

    Benchmark benchmark() {
        return benchmark;
    }

    int version() {
        return version;
    }

    /** The tasks to feed: the held-out ones with ids of this run, pinned to the version. */
    List<Task> tasks() {
        var versions = benchmark.policies().stream().collect(Collectors.toMap(policy -> policy, policy -> version));
        return benchmark.tasks().stream()
                .map(task -> Task.newBuilder(task)
                        .setTaskId(taskId(task))
                        .setTeamId(benchmark.teamId())
                        .setCollaboration(benchmark.collaboration())
                        .setPurpose(Purpose.EVALUATE)
                        .setNumGenerations(benchmark.samples())
                        .setPolicyVersions(versions)
                        .setSampling(new Sampling(benchmark.temperature(), 1.0, 0, 0))
                        .build())
                .toList();
    }

    /** Takes an episode if it belongs to this run; the same episode twice counts once. */
    void add(Episode episode) {
        List<Episode> ofTask = episodes.get(episode.getTaskId());
        if (ofTask != null && seen.add(episode.getTaskId() + "/" + episode.getEpisode())) {
            ofTask.add(episode);
        }
    }

    boolean isComplete() {
        return seen.size() == expected;
    }

    int received() {
        return seen.size();
    }

    int expected() {
        return expected;
    }

    /** What the episodes received so far add up to; episodes still missing count as failures. */
    Evaluation result(long finishedAt) {
        var metrics = new TreeMap<String, Metric>();
        metrics.put("passRate", mean(score -> score.getPassed() ? 1 : 0));
        metrics.put("quality", mean(Score::getQuality));
        metrics.put("reward", mean(Score::getReward));
        metrics.put("consistency", mean(score -> term(score, "consistency")));
        putIfPlayed(metrics, "criticalPathTokens", Episode::getCriticalPathTokens);
        putIfPlayed(metrics, "messageTokens", Episode::getMessageTokens);
        wallMillisPerTask().ifPresent(metric -> metrics.put("wallMillisPerTask", metric));
        long scored = episodes.values().stream()
                .flatMap(List::stream)
                .filter(episode -> episode.getScore() != null)
                .count();
        return Evaluation.newBuilder()
                .setBenchmark(benchmark.name())
                .setEnvironment(benchmark.environment())
                .setTeamId(benchmark.teamId())
                .setCollaboration(benchmark.collaboration())
                .setVersions(
                        benchmark.policies().stream().collect(Collectors.toMap(policy -> policy, policy -> version)))
                .setMetrics(metrics)
                .setTasks(benchmark.tasks().size())
                .setIncomplete((int) (expected - scored))
                .setFinishedAt(finishedAt)
                .build();
    }

    /** Mean over tasks of the mean over a task's episodes; no score is 0. */
    private Metric mean(ToDoubleFunction<Score> value) {
        double[] perTask = episodes.values().stream()
                .mapToDouble(ofTask -> ofTask.stream()
                                .filter(episode -> episode.getScore() != null)
                                .mapToDouble(episode -> value.applyAsDouble(episode.getScore()))
                                .sum()
                        / benchmark.samples())
                .toArray();
        return Bootstrap.mean(perTask, INTERVAL_SEED);
    }

    /** Costs are known of every episode that came back, scored or not. */
    private void putIfPlayed(Map<String, Metric> metrics, String name, ToDoubleFunction<Episode> value) {
        double[] perTask = episodes.values().stream()
                .filter(ofTask -> !ofTask.isEmpty())
                .mapToDouble(
                        ofTask -> ofTask.stream().mapToDouble(value).average().orElseThrow())
                .toArray();
        if (perTask.length > 0) {
            metrics.put(name, Bootstrap.mean(perTask, INTERVAL_SEED));
        }
    }

    /** Elapsed wall-clock time from the first deal to the last score, over the tasks: they are played side by side. */
    private Optional<Metric> wallMillisPerTask() {
        var played = episodes.values().stream().flatMap(List::stream).toList();
        if (played.isEmpty()) {
            return Optional.empty();
        }
        long from = played.stream().mapToLong(Episode::getStartedAt).min().orElseThrow();
        long to = played.stream().mapToLong(Episode::getFinishedAt).max().orElseThrow();
        double perTask = (double) (to - from) / benchmark.tasks().size();
        return Optional.of(
                new Metric(perTask, perTask, perTask, benchmark.tasks().size()));
    }

    private static double term(Score score, String name) {
        return score.getTerms().stream()
                .filter(term -> term.getName().equals(name))
                .mapToDouble(Term::getValue)
                .findFirst()
                .orElse(0);
    }

    private String taskId(Task task) {
        return "eval/%s/%d/%s/%s".formatted(benchmark.name(), version, attempt, task.getTaskId());
    }
}
