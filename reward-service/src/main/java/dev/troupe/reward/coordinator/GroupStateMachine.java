package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What an event does to a group: events in, state and effects out. Pure, so that a crash can play it again. */
final class GroupStateMachine {

    private final CoordinatorOptions.Timeouts timeouts;
    private final EpisodeMachine episodes;

    GroupStateMachine(CoordinatorOptions options) {
        this.timeouts = options.timeouts();
        this.episodes = new EpisodeMachine(
                timeouts.judge(), new TurnMachine(timeouts.turn(), new Turns(options.runSeed(), options.teams())));
    }

    /**
     * Deals a task into its episodes.
     *
     * @param task with sampling, turns and number of episodes filled in
     * @param roles everyone who plays
     * @param opening the first observation of each role that acts in the first turn
     */
    Transition<GroupState> deal(Task task, List<String> roles, List<RoleObservation> opening, long now) {
        // Only task and roles are looked at before the episodes are there.
        var group = new GroupState(
                task,
                roles,
                now,
                now + timeouts.group().toMillis(),
                Collections.nCopies(
                        task.getNumGenerations(),
                        new EpisodeState.Acting(Progress.started(0, now), List.of(), List.of())));
        Transition<GroupState> next = Transition.of(group);
        for (int index = 0; index < task.getNumGenerations(); index++) {
            Transition<EpisodeState> episode = episodes.deal(group, Progress.started(index, now), opening, now);
            next = new Transition<>(next.state().with(index, episode.state()), next.effects()).and(episode.effects());
        }
        return next;
    }

    Transition<GroupState> action(GroupState group, Action action, long now) {
        return ActionRules.problem(action)
                .map(problem -> refuse(group, problem))
                .orElseGet(() ->
                        in(group, action.getEpisode(), now, episode -> episodes.act(group, episode, action, now)));
    }

    Transition<GroupState> message(GroupState group, Message message, long now) {
        return ActionRules.problem(message)
                .map(problem -> refuse(group, problem))
                .orElseGet(() ->
                        in(group, message.getEpisode(), now, episode -> episodes.say(group, episode, message, now)));
    }

    Transition<GroupState> judgement(GroupState group, Judgement judgement, long now) {
        return ActionRules.problem(judgement)
                .map(problem -> refuse(group, problem))
                .orElseGet(() -> in(
                        group, judgement.getEpisode(), now, episode -> episodes.judge(group, episode, judgement, now)));
    }

    /** Lets time pass: hands out again or ends what is past its deadline. */
    Transition<GroupState> expire(GroupState group, long now) {
        return group.deadlineAt() <= now
                ? close(group, IncompleteReason.GROUP_DEADLINE, "DEADLINE", now)
                : each(group, "ALL_ENDED", now, episode -> episodes.expire(group, episode, now));
    }

    /** Ends what is unfinished because one record cannot hold the group. */
    Transition<GroupState> abandon(GroupState group, long now) {
        return close(group, IncompleteReason.TOO_LARGE, "ALL_ENDED", now);
    }

    private Transition<GroupState> close(GroupState group, IncompleteReason reason, String closedBy, long now) {
        return each(group, closedBy, now, episode -> episodes.end(group, episode, reason.name(), now));
    }

    private static Transition<GroupState> each(
            GroupState group, String closedBy, long now, Function<EpisodeState, Transition<EpisodeState>> event) {
        GroupState state = group;
        List<Effect> effects = new ArrayList<>();
        for (int index = 0; index < group.episodes().size(); index++) {
            Transition<EpisodeState> next = event.apply(group.episodes().get(index));
            state = state.with(index, next.state());
            effects.addAll(next.effects());
        }
        return new Transition<>(state, effects).and(closing(group, state, closedBy, now));
    }

    private static Transition<GroupState> in(
            GroupState group, int index, long now, Function<EpisodeState, Transition<EpisodeState>> event) {
        if (index < 0 || index >= group.episodes().size()) {
            return refuse(
                    group,
                    "the task has %d episodes, not one of index %d"
                            .formatted(group.episodes().size(), index));
        }
        Transition<EpisodeState> next = event.apply(group.episodes().get(index));
        GroupState state = group.with(index, next.state());
        return new Transition<>(state, next.effects()).and(closing(group, state, "ALL_ENDED", now));
    }

    private static List<Effect> closing(GroupState before, GroupState after, String closedBy, long now) {
        Optional<Effect> closed = before.closed() || !after.closed() || !EpisodeRecords.trains(after.task())
                ? Optional.empty()
                : Optional.of(new Effect.EmitGroup(EpisodeRecords.group(after, closedBy, now)));
        return closed.stream().toList();
    }

    private static Transition<GroupState> refuse(GroupState group, String why) {
        return Transition.of(group, new Effect.Refuse(why));
    }
}
