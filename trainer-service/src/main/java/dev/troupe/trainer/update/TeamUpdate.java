package dev.troupe.trainer.update;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One update of all policies of a team from a step's groups. {@link Credit} says what each completion is worth; it
 * trains the policy that drew it.
 */
public final class TeamUpdate {
    private final GrpoOptions options;
    private final PolicyUpdate update;
    private final Credit credit;
    private final long maxSteps;

    /**
     * @param microBatchTokens most tokens, padding included, in one forward pass
     * @param maxSteps of the whole training, for the schedule; 0 when it has no end
     */
    public TeamUpdate(GrpoOptions options, int microBatchTokens, long maxSteps) {
        this.options = options;
        this.update = new PolicyUpdate(options, microBatchTokens);
        this.credit = new GroupRelativeCredit(options.aggregation(), options.scaleRewards());
        this.maxSteps = maxSteps;
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
        Map<String, List<WeightedSample>> samples = credit.assign(groups);
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
        metrics.outcomes(outcomes);
        return new StepOutcome(
                metrics.values(),
                broken.isPresent()
                        ? List.of()
                        : training.stream().map(RolloutGroup::taskId).toList(),
                skipped(groups, broken),
                broken.isPresent(),
                metrics.tokens());
    }

    private static List<SkippedGroup> skipped(List<RolloutGroup> groups, Optional<SkipReason> broken) {
        var skipped = new ArrayList<SkippedGroup>();
        for (RolloutGroup group : groups) {
            group.skip()
                    .or(() -> broken)
                    .ifPresent(reason -> skipped.add(SkippedGroup.newBuilder()
                            .setTaskId(group.taskId())
                            .setReason(reason.name())
                            .build()));
        }
        return skipped;
    }
}
