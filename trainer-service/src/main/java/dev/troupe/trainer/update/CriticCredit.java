package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;

import dev.troupe.trainer.critic.Assessment;
import dev.troupe.trainer.critic.CentralizedCritic;
import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A centralized critic is the baseline: every role that acts in a turn gets {@code R - V(h)}, whatever the others of
 * the group got, so that groups of equal rewards train as well. With {@code scale_rewards} group or batch it is divided
 * by the standard deviation over the completions of the step, whose mean is left where it is; with none or rloo by
 * nothing.
 *
 * <p>The critic learns from all scored episodes, and is asked before it does. Until it is warm the credit is
 * group-relative, and groups of equal rewards train the critic alone.
 */
record CriticCredit(CentralizedCritic critic, GroupRelativeCredit groupRelative) implements Credit {
    private static final double EPSILON = 1e-4;

    CriticCredit {
        requireNonNull(critic, "critic is null");
        requireNonNull(groupRelative, "groupRelative is null");
    }

    @Override
    public Credited assign(List<RolloutGroup> groups) {
        boolean warm = critic.isWarm();
        Assessment assessment = critic.assess(groups.stream()
                .filter(RolloutGroup::trains)
                .flatMap(group -> group.episodes().stream())
                .filter(RolloutEpisode::scored)
                .toList());
        return switch (critic.learn(assessment)) {
            case CentralizedCritic.Outcome.Broken(SkipReason reason) ->
                new Credited(Map.of(), Map.of(), Optional.of(reason));
            case CentralizedCritic.Outcome.Learnt(Map<String, Double> metrics) ->
                new Credited(warm ? weigh(groups, assessment) : relative(groups), metrics, Optional.empty());
        };
    }

    private Map<String, List<WeightedSample>> relative(List<RolloutGroup> groups) {
        return groupRelative
                .assign(groups.stream()
                        .map(group -> group.trains() && group.isFlat(groupRelative.aggregation())
                                ? new RolloutGroup(
                                        group.taskId(), group.episodes(), Optional.of(SkipReason.ZERO_VARIANCE))
                                : group)
                        .toList())
                .samples();
    }

    private Map<String, List<WeightedSample>> weigh(List<RolloutGroup> groups, Assessment assessment) {
        var samples = new TreeMap<String, List<WeightedSample>>();
        for (RolloutGroup group : groups) {
            for (RolloutEpisode episode : group.trains() ? group.episodes() : List.<RolloutEpisode>of()) {
                episode.samples().stream()
                        .filter(Sample::trains)
                        .forEach(sample -> samples.computeIfAbsent(sample.policyId(), _ -> new ArrayList<>())
                                .add(
                                        episode.scored()
                                                ? new WeightedSample(
                                                        sample, assessment.advantage(episode, sample.turn()), true)
                                                : new WeightedSample(sample, 0, false)));
            }
        }
        double divisor = divisor(samples);
        samples.values()
                .forEach(list -> list.replaceAll(sample ->
                        new WeightedSample(sample.sample(), sample.advantage() / divisor, sample.forwarded())));
        return samples;
    }

    private double divisor(Map<String, List<WeightedSample>> samples) {
        double[] advantages = samples.values().stream()
                .flatMap(List::stream)
                .filter(WeightedSample::forwarded)
                .mapToDouble(WeightedSample::advantage)
                .toArray();
        return switch (groupRelative.scaleRewards()) {
            // What does not differ cannot say how large is large.
            case GROUP, BATCH -> Advantages.allEqual(advantages) ? 1 : Advantages.deviation(advantages) + EPSILON;
            case NONE, RLOO -> 1;
        };
    }
}
