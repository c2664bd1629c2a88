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
        Assessment assessment = assess(groups);
        // Before it learns: the credit is of what was expected, not of what has become known.
        Map<String, List<WeightedSample>> samples = weigh(groups, assessment);
        return switch (critic.learn(assessment)) {
            case CentralizedCritic.Outcome.Broken(SkipReason reason, String detail) ->
                new Credited(Map.of(), Map.of(), Optional.of(new StepOutcome.Fault(reason, detail)));
            case CentralizedCritic.Outcome.Learnt(Map<String, Double> metrics) ->
                new Credited(samples, metrics, Optional.empty());
        };
    }

    @Override
    public Map<String, List<WeightedSample>> weigh(List<RolloutGroup> groups) {
        return weigh(groups, assess(groups));
    }

    private Assessment assess(List<RolloutGroup> groups) {
        return critic.assess(groupRelative.overlong().of(groups).stream()
                .filter(RolloutGroup::trains)
                .flatMap(group -> group.episodes().stream())
                .filter(RolloutEpisode::scored)
                .toList());
    }

    private Map<String, List<WeightedSample>> weigh(List<RolloutGroup> groups, Assessment assessment) {
        return critic.isWarm() ? absolute(groupRelative.overlong().of(groups), assessment) : relative(groups);
    }

    private Map<String, List<WeightedSample>> relative(List<RolloutGroup> groups) {
        return groupRelative.weigh(groups.stream()
                .map(group -> group.trains() && group.isFlat(groupRelative.aggregation())
                        ? group.without(SkipReason.ZERO_VARIANCE, "the critic is not warm yet")
                        : group)
                .toList());
    }

    private Map<String, List<WeightedSample>> absolute(List<RolloutGroup> groups, Assessment assessment) {
        var samples = new TreeMap<String, List<WeightedSample>>();
        for (int index = 0; index < groups.size(); index++) {
            for (RolloutEpisode episode : trained(groups.get(index))) {
                for (Sample sample : episode.samples()) {
                    if (sample.trains()) {
                        double advantage = episode.scored() ? assessment.advantage(episode, sample.turn()) : 0;
                        samples.computeIfAbsent(sample.policyId(), _ -> new ArrayList<>())
                                .add(new WeightedSample(sample, advantage, episode.scored(), index));
                    }
                }
            }
        }
        double divisor = divisor(samples);
        samples.values().forEach(list -> list.replaceAll(sample -> sample.withAdvantage(sample.advantage() / divisor)));
        return samples;
    }

    private static List<RolloutEpisode> trained(RolloutGroup group) {
        return group.trains() ? group.episodes() : List.of();
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
