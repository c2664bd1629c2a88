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
    private final OverlongShaping overlong;
    private final PolicyUpdate update;
    private final Credit credit;
    private final long maxSteps;
    private final CompletionSampler sampler;

    /**
     * @param microBatchTokens most tokens, padding included, in one forward pass
     * @param maxSteps of the whole training, for the schedule; 0 when it has no end
     */
    public TeamUpdate(GrpoOptions options, int microBatchTokens, long maxSteps) {
        this(options, microBatchTokens, maxSteps, Double.POSITIVE_INFINITY, 0, Optional.empty());
    }

    /**
     * @param skipGradNorm largest norm of a policy's gradient that is taken
     * @param completions how many a step shows
     * @param critic the baseline, where there is one; it is not closed here
     */
    public TeamUpdate(
            GrpoOptions options,
            int microBatchTokens,
            long maxSteps,
            double skipGradNorm,
            int completions,
            Optional<CentralizedCritic> critic) {
        this.options = options;
        this.overlong = new OverlongShaping(options.overlong(), options.maxCompletionLength());
        this.update = new PolicyUpdate(options, microBatchTokens, skipGradNorm);
        var groupRelative =
                new GroupRelativeCredit(options.aggregation(), options.scaleRewards(), options.deviation(), overlong);
        this.credit = critic.<Credit>map(found -> new CriticCredit(found, groupRelative))
                .orElse(groupRelative);
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
        AdamWOptions optimizer = options.optimizerAt(step, maxSteps);
        Credit.Credited credited = credit.assign(groups);
        var outcomes = new TreeMap<String, PolicyOutcome>();
        Optional<StepOutcome.Fault> fault = credited.fault();
        for (var entry : policies.entrySet()) {
            if (fault.isPresent()) {
                break;
            }
            PolicyOutcome outcome = update.apply(
                    entry.getValue(),
                    Optional.ofNullable(references.get(entry.getKey())),
                    credited.samples().getOrDefault(entry.getKey(), List.of()),
                    optimizer);
            outcomes.put(entry.getKey(), outcome);
            if (outcome instanceof PolicyOutcome.Broken broken) {
                fault = Optional.of(broken.fault());
            }
        }
        List<WeightedSample> samples =
                credited.samples().values().stream().flatMap(List::stream).toList();
        var metrics = new StepMetrics(groups, versions);
        metrics.put("learning_rate", optimizer.learningRate());
        if (options.overlong().used()) {
            metrics.put("rewards/" + OverlongShaping.REWARD + "/mean", overlong.meanPenalty(groups));
        }
        credited.metrics().forEach(metrics::put);
        metrics.advantages(samples);
        metrics.outcomes(options.loss().type(), outcomes);
        List<RolloutGroup> consumed = fault.map(broke -> without(groups, broke.reason(), broke.detail()))
                .orElse(groups);
        return new StepOutcome(
                metrics.values(),
                consumed.stream()
                        .filter(RolloutGroup::trains)
                        .map(RolloutGroup::taskId)
                        .toList(),
                skipped(consumed),
                sampler.pick(groups, samples),
                fault,
                metrics.tokens());
    }

    /** What each completion alone adds to the step of the policy that drew it; the policies are left as they are. */
    List<PolicyUpdate.Share> shares(
            SortedMap<String, TrainablePolicy> policies,
            Map<String, TrainablePolicy> references,
            List<RolloutGroup> groups) {
        Map<String, List<WeightedSample>> samples = credit.weigh(groups);
        return policies.entrySet().stream()
                .flatMap(entry -> update
                        .shares(
                                entry.getValue(),
                                Optional.ofNullable(references.get(entry.getKey())),
                                samples.getOrDefault(entry.getKey(), List.of()))
                        .stream())
                .toList();
    }

    /** The groups, of which none trains. */
    static List<RolloutGroup> without(List<RolloutGroup> groups, SkipReason reason, String why) {
        return groups.stream()
                .map(group -> group.trains() ? group.without(reason, why) : group)
                .toList();
    }

    static List<SkippedGroup> skipped(List<RolloutGroup> groups) {
        var skipped = new ArrayList<SkippedGroup>();
        for (RolloutGroup group : groups) {
            group.skip()
                    .ifPresent(reason -> skipped.add(SkippedGroup.newBuilder()
                            .setTaskId(group.taskId())
                            .setReason(reason.name())
                            .setDetail(group.detail().orElse(null))
                            .build()));
        }
        return skipped;
    }
}
