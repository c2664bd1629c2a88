package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.Objective;
import java.util.List;
import java.util.Optional;

/**
 * The episodes of one task.
 *
 * @param taskId task
 * @param episodes all of them, incomplete ones included; empty when the record could not be used
 * @param skip why the group does not train, if it does not
 * @param detail what is wrong with it and where, for people
 */
public record RolloutGroup(
        String taskId, List<RolloutEpisode> episodes, Optional<SkipReason> skip, Optional<String> detail) {

    /** A group of which no more is to be said. */
    public RolloutGroup(String taskId, List<RolloutEpisode> episodes, Optional<SkipReason> skip) {
        this(taskId, episodes, skip, Optional.empty());
    }

    public RolloutGroup {
        requireNonNull(taskId, "taskId is null");
        requireNonNull(skip, "skip is null");
        requireNonNull(detail, "detail is null");
        episodes = List.copyOf(episodes);
    }

    /** A group of which nothing can be used. */
    public static RolloutGroup unusable(String taskId, SkipReason reason, String why) {
        return new RolloutGroup(taskId, List.of(), Optional.of(reason), Optional.of(why));
    }

    /** The same group, which does not train after all. */
    public RolloutGroup without(SkipReason reason, String why) {
        return new RolloutGroup(taskId, episodes, Optional.of(reason), Optional.of(why));
    }

    public boolean trains() {
        return skip.isEmpty();
    }

    /**
     * The rewards that the joint reward sums, those without weight left out. The joint reward is the only one where an
     * episode does not say by which weights it was summed, as those of earlier releases do not.
     */
    public List<Objective> objectives() {
        List<RolloutEpisode> scored =
                episodes.stream().filter(RolloutEpisode::scored).toList();
        if (scored.isEmpty()
                || scored.stream().anyMatch(episode -> episode.weights().isEmpty())) {
            return List.of(new Objective(1, rewards()));
        }
        List<Objective> weighted = scored.getFirst().weights().entrySet().stream()
                .filter(weight -> weight.getValue() != 0)
                .map(weight -> new Objective(weight.getValue(), terms(weight.getKey())))
                .toList();
        return weighted.isEmpty() ? List.of(new Objective(1, rewards())) : weighted;
    }

    /**
     * Which rewards are compared with each other: those of the episodes, or for each role those of its completions
     * where episodes share them.
     */
    public List<Cohort> cohorts() {
        CrossedDraws draws = CrossedDraws.of(this);
        return draws.any() ? draws.cohorts() : List.of(Cohort.joint(this));
    }

    /** Every completion once, also where several episodes hold it. */
    public List<Sample> completions() {
        return CrossedDraws.of(this).distinct();
    }

    /** Whether episodes share completions, as in joint mode {@code cross}. */
    boolean isCrossed() {
        return CrossedDraws.of(this).any();
    }

    /** Whether nothing tells one scored episode, or one completion of a role, from another. */
    public boolean isFlat(MultiObjectiveAggregation aggregation) {
        List<Cohort> cohorts = cohorts();
        return !cohorts.isEmpty() && cohorts.stream().allMatch(cohort -> cohort.isFlat(aggregation));
    }

    private double[] terms(String name) {
        return episodes.stream()
                .mapToDouble(episode -> episode.terms().getOrDefault(name, Double.NaN))
                .toArray();
    }

    /** Joint rewards, NaN where an episode is incomplete. */
    public double[] rewards() {
        return episodes.stream().mapToDouble(RolloutEpisode::reward).toArray();
    }
}
