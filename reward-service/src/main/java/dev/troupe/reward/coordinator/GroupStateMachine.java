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

    private static final String ALL_ENDED = "ALL_ENDED";

    private final CoordinatorOptions.Timeouts timeouts;
    private final EpisodeMachine episodes;
    private final CrossMachine crossed;

    GroupStateMachine(CoordinatorOptions options) {
        this.timeouts = options.timeouts();
        var turns = new TurnMachine(timeouts.turn(), new Turns(options.runSeed(), options.teams()));
        this.episodes = new EpisodeMachine(timeouts.judge(), turns);
        this.crossed = new CrossMachine(turns, episodes);
    }

    /**
     * Deals a task into its episodes.
     *
     * @param task with sampling, turns, joint mode and number of completions filled in
     * @param roles everyone who plays
     * @param opening the first observation of each role that acts in the first turn
     */
    Transition<GroupState> deal(Task task, List<String> roles, List<RoleObservation> opening, long now) {
        long deadline = now + timeouts.group().toMillis();
        if (JointMode.crosses(task)) {
            return crossed.deal(task, roles, opening, now, deadline);
        }
        // Only task and roles are looked at before the episodes are there.
        var group = new GroupState(
                task,
                roles,
                now,
                deadline,
                Collections.nCopies(
                        task.getNumGenerations(),
                        new EpisodeState.Acting(Progress.started(0, now), List.of(), List.of())),
                Optional.empty());
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
                .orElseGet(() -> group.draws()
                        .map(draws -> closing(group, crossed.act(group, draws, action, now), now))
                        .orElseGet(() -> in(
                                group,
                                action.getEpisode(),
                                now,
                                episode -> episodes.act(group, episode, action, now))));
    }

    Transition<GroupState> message(GroupState group, Message message, long now) {
        return ActionRules.problem(message)
                .map(problem -> refuse(group, problem))
                .orElseGet(() -> group.draws()
                        .map(draws -> closing(group, crossed.say(group, draws, message, now), now))
                        .orElseGet(() -> in(
                                group,
                                message.getEpisode(),
                                now,
                                episode -> episodes.say(group, episode, message, now))));
    }

    Transition<GroupState> judgement(GroupState group, Judgement judgement, long now) {
        return ActionRules.problem(judgement)
                .map(problem -> refuse(group, problem))
                .orElseGet(() -> in(
                        group, judgement.getEpisode(), now, episode -> episodes.judge(group, episode, judgement, now)));
    }

    /** Lets time pass: hands out again or ends what is past its deadline. */
    Transition<GroupState> expire(GroupState group, long now) {
        if (group.deadlineAt() <= now) {
            return close(group, IncompleteReason.GROUP_DEADLINE, "DEADLINE", now);
        }
        Transition<GroupState> drawn =
                group.draws().map(draws -> crossed.expire(group, draws, now)).orElseGet(() -> Transition.of(group));
        Transition<GroupState> next = each(drawn.state(), episode -> episodes.expire(group, episode, now));
        return closing(group, new Transition<>(next.state(), drawn.effects()).and(next.effects()), now);
    }

    /** Ends what is unfinished because one record cannot hold the group. */
    Transition<GroupState> abandon(GroupState group, long now) {
        return close(group, IncompleteReason.TOO_LARGE, ALL_ENDED, now);
    }

    private Transition<GroupState> close(GroupState group, IncompleteReason reason, String closedBy, long now) {
        return closing(group, each(group, episode -> episodes.end(group, episode, reason.name(), now)), closedBy, now);
    }

    private static Transition<GroupState> each(
            GroupState group, Function<EpisodeState, Transition<EpisodeState>> event) {
        List<EpisodeState> states = new ArrayList<>();
        List<Effect> effects = new ArrayList<>();
        for (EpisodeState episode : group.episodes()) {
            Transition<EpisodeState> next = event.apply(episode);
            states.add(next.state());
            effects.addAll(next.effects());
        }
        return new Transition<>(group.with(states), effects);
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
        return closing(group, new Transition<>(group.with(index, next.state()), next.effects()), now);
    }

    private static Transition<GroupState> closing(GroupState before, Transition<GroupState> next, long now) {
        return closing(before, next, ALL_ENDED, now);
    }

    /** Publishes the group when the event has ended the last of its episodes. */
    private static Transition<GroupState> closing(
            GroupState before, Transition<GroupState> next, String closedBy, long now) {
        GroupState after = next.state();
        return before.closed() || !after.closed() || !EpisodeRecords.trains(after.task())
                ? next
                : next.and(List.of(new Effect.EmitGroup(EpisodeRecords.group(after, closedBy, now))));
    }

    private static Transition<GroupState> refuse(GroupState group, String why) {
        return Transition.of(group, new Effect.Refuse(why));
    }
}
