package dev.troupe.trainer.update;

import dev.troupe.schemas.avro.VersionSpan;
import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
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
        // Of a group that could not be used, nothing is known.
        rewards(groups.stream().filter(group -> !group.episodes().isEmpty()).toList(), episodes);
        completions(samples);
        staleness(samples, versions);
        put("sample/version_span_mean", mean(episodes.stream().flatMapToDouble(StepMetrics::versionSpans)));
        put(
                "episode/turns_mean",
                mean(episodes.stream().mapToDouble(episode -> episode.course().turns())));
        put(
                "episode/duration_s",
                mean(episodes.stream().mapToDouble(episode -> episode.course().seconds())));
    }

    void put(String name, double value) {
        // A mean over nothing is left out rather than reported as a number, and so is what is infinite.
        if (Double.isFinite(value)) {
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
                        Map.Entry::getKey, TreeMap::new, Collectors.mapping(Map.Entry::getValue, Collectors.toList())))
                .forEach((term, of) -> {
                    double[] all = of.stream().mapToDouble(Double::doubleValue).toArray();
                    put("rewards/" + term + "/mean", mean(DoubleStream.of(all)));
                    put("rewards/" + term + "/std", Advantages.deviation(all));
                });
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
        var lengths = new Spread();
        var terminated = new Spread();
        for (Sample sample : samples) {
            lengths.add(sample.length());
            terminated.add(sample.length(), sample.truncated() ? 0 : 1);
        }
        spread("completions/%s_length", lengths);
        spread("completions/%s_terminated_length", terminated);
        put("completions/clipped_ratio", mean(samples.stream().mapToDouble(sample -> sample.truncated() ? 1 : 0)));
    }

    private void spread(String name, Spread spread) {
        put(name.formatted("mean"), spread.mean());
        put(name.formatted("min"), spread.smallest());
        put(name.formatted("max"), spread.largest());
    }

    /** By how many versions each policy moved on while an episode was played: 0 when one version drew all of it. */
    private static DoubleStream versionSpans(RolloutEpisode episode) {
        return episode.samples().stream()
                .collect(Collectors.groupingBy(Sample::policyId, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(samples -> samples.stream()
                        .flatMap(sample -> sample.provenance().versions().stream())
                        .mapToInt(VersionSpan::getVersion)
                        .summaryStatistics())
                .mapToDouble(versions -> (double) versions.getMax() - versions.getMin());
    }

    /** By how many versions the policies are ahead of those that drew their tokens, per token. */
    private void staleness(List<Sample> samples, Map<String, Integer> versions) {
        var staleness = new Spread();
        for (Sample sample : samples) {
            for (VersionSpan span : sample.provenance().versions()) {
                double behind =
                        versions.getOrDefault(sample.policyId(), span.getVersion()) - (double) span.getVersion();
                staleness.add(behind, span.getEnd() - span.getStart());
            }
        }
        put("sample/staleness_mean", staleness.mean());
        put("sample/staleness_max", staleness.largest());
    }

    /** Adds by what the completions that train were weighted. */
    void advantages(Collection<WeightedSample> weighted) {
        weighted.stream()
                .filter(WeightedSample::forwarded)
                .collect(Collectors.groupingBy(
                        sample -> sample.sample().role(),
                        TreeMap::new,
                        Collectors.mapping(WeightedSample::advantage, Collectors.toList())))
                .forEach((role, of) -> put(
                        "agent/" + role + "/advantage_std",
                        Advantages.deviation(
                                of.stream().mapToDouble(Double::doubleValue).toArray())));
    }

    /** Adds what the updates say; with several policies the plain names hold means, and each policy its own. */
    void outcomes(LossType type, SortedMap<String, PolicyOutcome> outcomes) {
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
        if (!updated.isEmpty()) {
            put("batch/trained_tokens_per_step", sum(updated, PolicyOutcome.Updated::trainedTokens));
            put("perf/fwd_bwd_s", sum(updated, update -> update.effort().forwardBackward()));
            put("perf/optimizer_s", sum(updated, update -> update.effort().optimizer()));
        }
        tally.report(type, this::put);
    }

    private static double sum(
            Map<String, PolicyOutcome.Updated> updates, ToDoubleFunction<PolicyOutcome.Updated> value) {
        return updates.values().stream().mapToDouble(value).sum();
    }

    private static double mean(
            Collection<PolicyOutcome.Updated> updates, ToDoubleFunction<PolicyOutcome.Updated> value) {
        return mean(updates.stream().mapToDouble(value));
    }

    private static double mean(DoubleStream values) {
        return values.average().orElse(Double.NaN);
    }
}
