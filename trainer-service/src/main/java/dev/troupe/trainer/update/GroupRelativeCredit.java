package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;

import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.ScaleRewards;
import dev.troupe.trainer.rollout.Cohort;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * No critic: the others of the same cohort are the baseline. The advantage of a joint episode is shared by every role
 * (arXiv 2508.04652, section 3.2).
 */
record GroupRelativeCredit(
        MultiObjectiveAggregation aggregation,
        ScaleRewards scaleRewards,
        RewardDeviation deviation,
        OverlongShaping overlong)
        implements Credit {
    GroupRelativeCredit {
        requireNonNull(aggregation, "aggregation is null");
        requireNonNull(scaleRewards, "scaleRewards is null");
        requireNonNull(deviation, "deviation is null");
        requireNonNull(overlong, "overlong is null");
    }

    /** A cohort, and the index of the group that it comes of. */
    private record Entry(Cohort cohort, int group) {}

    @Override
    public Credited assign(List<RolloutGroup> groups) {
        return new Credited(weigh(groups), Map.of(), Optional.empty());
    }

    @Override
    public Map<String, List<WeightedSample>> weigh(List<RolloutGroup> recorded) {
        List<RolloutGroup> groups = overlong.of(recorded);
        List<Entry> entries = IntStream.range(0, groups.size())
                .boxed()
                .flatMap(index -> groups.get(index).cohorts().stream().map(cohort -> new Entry(cohort, index)))
                .toList();
        // Rewards of groups that do not train count in the deviation of the batch.
        List<double[]> advantages =
                advantages(entries.stream().map(Entry::cohort).toList());
        var samples = new TreeMap<String, List<WeightedSample>>();
        for (int i = 0; i < entries.size(); i++) {
            if (groups.get(entries.get(i).group()).trains()) {
                weigh(entries.get(i), advantages.get(i), samples);
            }
        }
        return samples;
    }

    private static void weigh(Entry entry, double[] advantages, Map<String, List<WeightedSample>> samples) {
        double[] rewards = entry.cohort().joint().rewards();
        for (int member = 0; member < rewards.length; member++) {
            boolean scored = !Double.isNaN(rewards[member]);
            for (Sample sample : entry.cohort().completions().get(member)) {
                samples.computeIfAbsent(sample.policyId(), _ -> new ArrayList<>())
                        .add(new WeightedSample(sample, advantages[member], scored, entry.group()));
            }
        }
    }

    private List<double[]> advantages(List<Cohort> cohorts) {
        return switch (aggregation) {
            case SUM_THEN_NORMALIZE ->
                Advantages.of(
                        cohorts.stream().map(cohort -> cohort.joint().rewards()).toList(), scaleRewards, deviation);
            case NORMALIZE_THEN_SUM ->
                Advantages.normalizeThenSum(
                        cohorts.stream().map(Cohort::objectives).toList(), deviation);
        };
    }
}
