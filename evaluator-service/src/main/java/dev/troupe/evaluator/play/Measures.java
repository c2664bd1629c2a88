package dev.troupe.evaluator.play;

import static java.util.Objects.requireNonNull;

import dev.troupe.evaluator.statistics.Bootstrap;
import dev.troupe.evaluator.statistics.PairedTest;
import dev.troupe.evaluator.statistics.PassAtK;
import dev.troupe.schemas.avro.Difference;
import dev.troupe.schemas.avro.Metric;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The metrics of a play, one value per task and metric. An episode without a score, and one that has not come back, is
 * a failure in every outcome; costs are known of what was played.
 *
 * @param values by metric and task
 */
public record Measures(NavigableMap<String, NavigableMap<String, Double>> values) {

    static final String PASS_RATE = "passRate";
    static final String QUALITY = "quality";
    static final String REWARD = "reward";

    private static final long SEED = 42;

    public Measures {
        var copy = new TreeMap<String, NavigableMap<String, Double>>();
        values.forEach((metric, ofTasks) -> copy.put(metric, new TreeMap<>(ofTasks)));
        values = copy;
    }

    /**
     * Measures a play.
     *
     * @param tasks ids of the held-out tasks
     * @param samples episodes that each task should have
     * @param ks of pass@k; those beyond the samples are left out
     */
    public static Measures of(Play play, Collection<String> tasks, int samples, List<Integer> ks) {
        var values = new TreeMap<String, NavigableMap<String, Double>>();
        var outcomes = new TreeSet<>(List.of(PASS_RATE, QUALITY, REWARD));
        for (String task : tasks) {
            play.of(task).forEach(result -> outcomes.addAll(result.outcomes().keySet()));
        }
        for (String task : tasks) {
            Collection<EpisodeResult> results = play.of(task);
            for (String outcome : outcomes) {
                double sum = results.stream()
                        .mapToDouble(result -> result.outcomes().getOrDefault(outcome, 0.0))
                        .sum();
                put(values, outcome, task, sum / samples);
            }
            int passed = (int) results.stream().filter(EpisodeResult::passed).count();
            ks.stream()
                    .filter(k -> k <= samples)
                    .forEach(k -> put(values, "pass@" + k, task, PassAtK.of(samples, passed, k)));
            costs(results).forEach((cost, mean) -> put(values, cost, task, mean));
        }
        return new Measures(values);
    }

    /** Measures a play of the past: of the tasks that it had then, as far as the episodes can tell. */
    public static Measures of(Play play, List<Integer> ks) {
        return of(play, play.tasks(), play.samples(), ks);
    }

    private static Map<String, Double> costs(Collection<EpisodeResult> results) {
        var means = new TreeMap<String, Double>();
        for (EpisodeResult result : results) {
            for (String cost : result.costs().keySet()) {
                means.computeIfAbsent(
                        cost,
                        _ -> results.stream()
                                .filter(other -> other.costs().containsKey(cost))
                                .mapToDouble(
                                        other -> requireNonNull(other.costs().get(cost)))
                                .average()
                                .orElseThrow());
            }
        }
        return means;
    }

    private static void put(
            Map<String, NavigableMap<String, Double>> values, String metric, String task, double value) {
        values.computeIfAbsent(metric, _ -> new TreeMap<>()).put(task, value);
    }

    /** The mean of every metric over the tasks. */
    public NavigableMap<String, Metric> means() {
        var means = new TreeMap<String, Metric>();
        values.forEach((metric, ofTasks) -> means.put(metric, Bootstrap.mean(array(ofTasks.values()), SEED)));
        return means;
    }

    /** This minus the other, for every metric that both have of a common task. */
    public NavigableMap<String, Difference> minus(Measures other) {
        var differences = new TreeMap<String, Difference>();
        values.forEach((metric, ofTasks) -> {
            NavigableMap<String, Double> ofOther = other.values.getOrDefault(metric, new TreeMap<>());
            double[] paired = ofTasks.keySet().stream()
                    .filter(ofOther::containsKey)
                    .mapToDouble(task -> requireNonNull(ofTasks.get(task)) - requireNonNull(ofOther.get(task)))
                    .toArray();
            if (paired.length > 0) {
                differences.put(metric, PairedTest.of(paired, SEED));
            }
        });
        return differences;
    }

    private static double[] array(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
