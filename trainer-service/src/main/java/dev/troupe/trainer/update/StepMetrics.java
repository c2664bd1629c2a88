package dev.troupe.trainer.update;

import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** The metrics of a step under TRL's names; skipped groups count in all that does not need a forward pass. */
final class StepMetrics {
    private final TreeMap<String, Double> values = new TreeMap<>();
    private final long tokens;

    StepMetrics(List<RolloutGroup> groups, Map<String, Integer> versions) {
        List<RolloutEpisode> episodes =
                groups.stream().flatMap(group -> group.episodes().stream()).toList();
        List<Sample> samples =
                groups.stream().flatMap(group -> group.completions().stream()).toList();
        tokens = samples.stream()
                .mapToLong(sample -> sample.sequence().tokens().size())
                .sum();
        rewards(groups, episodes);
        completions(samples);
        staleness(samples, versions);
    }

    void put(String name, double value) {
        // A mean over nothing is left out rather than reported as a number.
        if (!Double.isNaN(value)) {
            values.put(name, value);
        }
    }

    Map<String, Double> values() {
        return values;
    }

    long tokens() {
        return tokens;
    }

    private void rewards(List<RolloutGroup> groups, List<RolloutEpisode> episodes) {
        List<RolloutEpisode> scored =
                episodes.stream().filter(RolloutEpisode::scored).toList();
        put("reward", mean(scored.stream().mapToDouble(RolloutEpisode::reward)));
        put("reward_std", mean(groups.stream().mapToDouble(group -> Advantages.deviation(group.rewards()))));
        put(
                "frac_reward_zero_std",
                mean(groups.stream().mapToDouble(group -> Advantages.allEqual(group.rewards()) ? 1 : 0)));
        put("episode/passed_mean", mean(scored.stream().mapToDouble(episode -> episode.passed() ? 1 : 0)));
        put("episode/incomplete_total", episodes.size() - scored.size());
        scored.stream()
                .flatMap(episode -> episode.terms().entrySet().stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, TreeMap::new, Collectors.averagingDouble(Map.Entry::getValue)))
                .forEach((term, value) -> put("rewards/" + term + "/mean", value));
        var byRole = new TreeMap<String, DoubleStream.Builder>();
        for (RolloutEpisode episode : scored) {
            episode.samples().stream()
                    .map(Sample::role)
                    .distinct()
                    .forEach(role -> byRole.computeIfAbsent(role, _ -> DoubleStream.builder())
                            .add(episode.reward()));
        }
        byRole.forEach((role, joint) -> put("agent/" + role + "/reward_mean", mean(joint.build())));
    }

    private void completions(List<Sample> samples) {
        put("completions/mean_length", mean(samples.stream().mapToDouble(Sample::length)));
        put(
                "completions/min_length",
                samples.stream().mapToDouble(Sample::length).min().orElse(Double.NaN));
        put(
                "completions/max_length",
                samples.stream().mapToDouble(Sample::length).max().orElse(Double.NaN));
        put("completions/clipped_ratio", mean(samples.stream().mapToDouble(sample -> sample.truncated() ? 1 : 0)));
    }

    private void staleness(List<Sample> samples, Map<String, Integer> versions) {
        double[] staleness = samples.stream()
                .mapToDouble(sample -> versions.getOrDefault(sample.policyId(), sample.oldestVersion())
                        - (double) sample.oldestVersion())
                .toArray();
        put("sample/staleness_mean", mean(DoubleStream.of(staleness)));
        put("sample/staleness_max", DoubleStream.of(staleness).max().orElse(Double.NaN));
    }

    /** Adds what the updates say; with several policies the plain names hold means, and each policy its own. */
    void outcomes(SortedMap<String, PolicyOutcome> outcomes) {
        var tally = new TokenTally();
        var updated = new TreeMap<String, PolicyOutcome.Updated>();
        outcomes.forEach((policy, outcome) -> {
            if (outcome instanceof PolicyOutcome.Updated update) {
                updated.put(policy, update);
                tally.add(update.tally());
            }
        });
        put("loss", mean(updated.values(), PolicyOutcome.Updated::loss));
        put("grad_norm", mean(updated.values(), PolicyOutcome.Updated::gradNorm));
        if (outcomes.size() > 1) {
            updated.forEach((policy, update) -> {
                put("policy/" + policy + "/loss", update.loss());
                put("policy/" + policy + "/grad_norm", update.gradNorm());
            });
        }
        tally.report(this::put);
    }

    private static double mean(
            Collection<PolicyOutcome.Updated> updates,
            java.util.function.ToDoubleFunction<PolicyOutcome.Updated> value) {
        return mean(updates.stream().mapToDouble(value));
    }

    private static double mean(DoubleStream values) {
        return values.average().orElse(Double.NaN);
    }
}
