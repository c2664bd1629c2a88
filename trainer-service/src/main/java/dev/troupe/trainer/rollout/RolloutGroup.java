package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * The episodes of one task.
 *
 * @param taskId task
 * @param episodes all of them, incomplete ones included; empty when the record could not be used
 * @param skip why the group does not train, if it does not
 */
public record RolloutGroup(String taskId, List<RolloutEpisode> episodes, Optional<SkipReason> skip) {
    public RolloutGroup {
        requireNonNull(taskId, "taskId is null");
        requireNonNull(skip, "skip is null");
        episodes = List.copyOf(episodes);
    }

    /** A group of which nothing can be used. */
    public static RolloutGroup unusable(String taskId, SkipReason reason) {
        return new RolloutGroup(taskId, List.of(), Optional.of(reason));
    }

    public boolean trains() {
        return skip.isEmpty();
    }

    /** Joint rewards, NaN where an episode is incomplete. */
    public double[] rewards() {
        return episodes.stream().mapToDouble(RolloutEpisode::reward).toArray();
    }
}
