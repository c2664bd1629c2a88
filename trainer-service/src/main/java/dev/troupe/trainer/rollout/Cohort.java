package dev.troupe.trainer.rollout;

import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.Objective;
import java.util.List;

/**
 * Rewards that are compared with each other, and the completions that answer for each.
 *
 * @param joint the joint reward of each member, NaN where it is missing
 * @param objectives the rewards that it sums, of the same members
 * @param completions of each member; only those that train
 */
public record Cohort(Objective joint, List<Objective> objectives, List<List<Sample>> completions) {
    public Cohort {
        objectives = List.copyOf(objectives);
        completions = completions.stream().map(List::copyOf).toList();
        if (joint.rewards().length != completions.size()) {
            throw new IllegalArgumentException(
                    "%d rewards are of %d members".formatted(joint.rewards().length, completions.size()));
        }
    }

    /** All episodes of a group: everything that is done in one answers for its joint reward. */
    static Cohort joint(RolloutGroup group) {
        return new Cohort(
                new Objective(1, group.rewards()),
                group.objectives(),
                group.episodes().stream()
                        .map(episode -> episode.samples().stream()
                                .filter(Sample::trains)
                                .toList())
                        .toList());
    }

    /** Whether nothing tells one member from another. */
    boolean isFlat(MultiObjectiveAggregation aggregation) {
        return switch (aggregation) {
            case SUM_THEN_NORMALIZE -> Advantages.allEqual(joint.rewards());
            case NORMALIZE_THEN_SUM ->
                objectives.stream().allMatch(objective -> Advantages.allEqual(objective.rewards()));
        };
    }
}
