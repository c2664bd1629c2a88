package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One live group: a task and where each of its episodes stands. A value; a group that has closed has none.
 *
 * @param task as dealt: sampling, turns and number of episodes filled in
 * @param roles everyone who plays, in the environment's order
 * @param dealtAt epoch ms
 * @param deadlineAt epoch ms, when whatever is not finished ends as incomplete
 * @param episodes by index
 * @param draws of a crossed group, which its episodes combine; an aligned group has none
 */
record GroupState(
        Task task,
        List<String> roles,
        long dealtAt,
        long deadlineAt,
        List<EpisodeState> episodes,
        Optional<Draws> draws) {

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
        return with(changed);
    }

    GroupState with(List<EpisodeState> changed) {
        return new GroupState(task, roles, dealtAt, deadlineAt, changed, draws);
    }

    GroupState with(Draws changed) {
        return new GroupState(task, roles, dealtAt, deadlineAt, episodes, Optional.of(changed));
    }

    /** The turns that roles are or were at: those of the episodes, and the draws. */
    Stream<Acting> acting() {
        return Stream.concat(
                episodes.stream().filter(Acting.class::isInstance).map(Acting.class::cast),
                draws.stream().flatMap(all -> all.states().stream()).map(TurnState::acting));
    }

    /** What an episode of a crossed group has behind it when its draws are all that has happened to it. */
    Progress drawn(int index) {
        return draws.orElseThrow().progress(index, dealtAt);
    }

    boolean closed() {
        return episodes.stream().allMatch(EpisodeState.Ended.class::isInstance);
    }

    /** Epoch ms of the next deadline of anything in the group. */
    long nextDeadline() {
        return Math.min(
                Math.min(deadlineAt, draws.map(Draws::deadlineAt).orElse(Long.MAX_VALUE)),
                episodes.stream().mapToLong(EpisodeState::deadlineAt).min().orElse(Long.MAX_VALUE));
    }
}
