package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * One live group: a task and where each of its episodes stands. A value; a group that has closed has none.
 *
 * @param task as dealt: sampling, turns and number of episodes filled in
 * @param roles everyone who plays, in the environment's order
 * @param dealtAt epoch ms
 * @param deadlineAt epoch ms, when whatever is not finished ends as incomplete
 * @param episodes by index
 */
record GroupState(Task task, List<String> roles, long dealtAt, long deadlineAt, List<EpisodeState> episodes) {

    GroupState {
        roles = List.copyOf(roles);
        episodes = List.copyOf(episodes);
        if (roles.isEmpty() || episodes.isEmpty()) {
            throw new IllegalArgumentException("a group needs roles and episodes: %s".formatted(task.getTaskId()));
        }
    }

    GroupState with(int index, EpisodeState episode) {
        var changed = new ArrayList<>(episodes);
        changed.set(index, episode);
        return new GroupState(task, roles, dealtAt, deadlineAt, changed);
    }

    boolean closed() {
        return episodes.stream().allMatch(EpisodeState.Ended.class::isInstance);
    }

    /** Epoch ms of the next deadline of anything in the group. */
    long nextDeadline() {
        return Math.min(
                deadlineAt,
                episodes.stream().mapToLong(EpisodeState::deadlineAt).min().orElse(Long.MAX_VALUE));
    }
}
