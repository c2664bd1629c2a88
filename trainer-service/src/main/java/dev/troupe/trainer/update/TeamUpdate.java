package dev.troupe.trainer.update;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.trainer.critic.CentralizedCritic;
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
        this(options, microBatchTokens, maxSteps, Optional.empty());
    }

    /** As the other, with a critic as the baseline where there is one; the critic is not closed here. */
    public TeamUpdate(GrpoOptions options, int microBatchTokens, long maxSteps, Optional<CentralizedCritic> critic) {
        this.options = options;
        this.update = new PolicyUpdate(options, microBatchTokens);
        var groupRelative = new GroupRelativeCredit(options.aggregation(), options.scaleRewards());
        this.credit = critic.<Credit>map(found -> new CriticCredit(found, groupRelative))
                .orElse(groupRelative);
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
        Credit.Credited credited = credit.assign(groups);
        var outcomes = new TreeMap<String, PolicyOutcome>();
        Optional<SkipReason> broken = credited.broken();
        for (var entry : policies.entrySet()) {
            if (broken.isPresent()) {
                break;
            }
            PolicyOutcome outcome = update.apply(
                    entry.getValue(),
                    Optional.ofNullable(references.get(entry.getKey())),
                    credited.samples().getOrDefault(entry.getKey(), List.of()),
                    optimizer);
            outcomes.put(entry.getKey(), outcome);
            if (outcome instanceof PolicyOutcome.Broken(SkipReason reason)) {
                broken = Optional.of(reason);
            }
        }
        var metrics = new StepMetrics(groups, versions);
        metrics.put("learning_rate", optimizer.learningRate());
        credited.metrics().forEach(metrics::put);
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
