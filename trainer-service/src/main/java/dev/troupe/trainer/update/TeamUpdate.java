package dev.troupe.trainer.update;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One update of all policies of a team from a step's groups. The advantage of a joint episode is shared by every role
 * (arXiv 2508.04652, section 3.2); each completion trains the policy that drew it.
 */
public final class TeamUpdate {
    private final GrpoOptions options;
    private final PolicyUpdate update;
    private final long maxSteps;
    private final CompletionSampler sampler;

    /**
     * @param microBatchTokens most tokens, padding included, in one forward pass
     * @param maxSteps of the whole training, for the schedule; 0 when it has no end
     * @param completions how many a step shows
     */
    public TeamUpdate(GrpoOptions options, int microBatchTokens, long maxSteps, int completions) {
        this.options = options;
        this.update = new PolicyUpdate(options, microBatchTokens);
        this.maxSteps = maxSteps;
        this.sampler = new CompletionSampler(completions);
    }

    /**
     * Trains the policies in place.
     *
     * @param policies by policyId
     * @param references by policyId, what beta holds on to; none where beta is 0
     * @param versions of the policies, for staleness
     * @param step from 1
     */
    public StepOutcome apply(
            SortedMap<String, TrainablePolicy> policies,
            Map<String, TrainablePolicy> references,
            Map<String, Integer> versions,
            List<RolloutGroup> groups,
            long step) {
        List<RolloutGroup> training =
                groups.stream().filter(RolloutGroup::trains).toList();
        AdamWOptions optimizer = options.optimizerAt(step, maxSteps);
        List<double[]> advantages = advantages(groups);
        Map<String, List<WeightedSample>> samples = weighted(groups, advantages);
        var outcomes = new TreeMap<String, PolicyOutcome>();
        Optional<SkipReason> broken = Optional.empty();
        for (var entry : policies.entrySet()) {
            PolicyOutcome outcome = update.apply(
                    entry.getValue(),
                    Optional.ofNullable(references.get(entry.getKey())),
                    samples.getOrDefault(entry.getKey(), List.of()),
                    optimizer);
            outcomes.put(entry.getKey(), outcome);
            if (outcome instanceof PolicyOutcome.Broken(SkipReason reason)) {
                broken = Optional.of(reason);
                break;
            }
        }
        var metrics = new StepMetrics(groups, versions);
        metrics.put("learning_rate", optimizer.learningRate());
        metrics.advantages(samples.values().stream().flatMap(List::stream).toList());
        metrics.outcomes(options.loss().type(), outcomes);
        return new StepOutcome(
                metrics.values(),
                broken.isPresent()
                        ? List.of()
                        : training.stream().map(RolloutGroup::taskId).toList(),
                skipped(groups, broken),
                sampler.pick(groups, advantages),
                broken.isPresent(),
                metrics.tokens());
    }

    /** Completions with advantages, by policy; groups that do not train are left out. */
    private static Map<String, List<WeightedSample>> weighted(List<RolloutGroup> groups, List<double[]> advantages) {
        var samples = new TreeMap<String, List<WeightedSample>>();
        for (int g = 0; g < groups.size(); g++) {
            if (!groups.get(g).trains()) {
                continue;
            }
            List<RolloutEpisode> episodes = groups.get(g).episodes();
            for (int e = 0; e < episodes.size(); e++) {
                for (Sample sample : episodes.get(e).samples()) {
                    samples.computeIfAbsent(sample.policyId(), _ -> new ArrayList<>())
                            .add(new WeightedSample(
                                    sample,
                                    advantages.get(g)[e],
                                    episodes.get(e).scored()));
                }
            }
        }
        return samples;
    }

    private List<double[]> advantages(List<RolloutGroup> groups) {
        return switch (options.aggregation()) {
            case SUM_THEN_NORMALIZE ->
                Advantages.of(groups.stream().map(RolloutGroup::rewards).toList(), options.scaleRewards());
            case NORMALIZE_THEN_SUM ->
                Advantages.normalizeThenSum(
                        groups.stream().map(RolloutGroup::objectives).toList());
        };
    }

    private static List<SkippedGroup> skipped(List<RolloutGroup> groups, Optional<SkipReason> broken) {
        var skipped = new ArrayList<SkippedGroup>();
        for (RolloutGroup group : groups) {
            group.skip()
                    .or(() -> broken)
                    .ifPresent(reason -> skipped.add(SkippedGroup.newBuilder()
                            .setTaskId(group.taskId())
                            .setReason(reason.name())
                            .setDetail(group.detail().orElse(null))
                            .build()));
        }
        return skipped;
    }
}
