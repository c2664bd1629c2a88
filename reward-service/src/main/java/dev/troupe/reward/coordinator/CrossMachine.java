package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.EpisodeState.Drawing;
import dev.troupe.reward.coordinator.TurnState.Complete;
import dev.troupe.reward.coordinator.TurnState.Lost;
import dev.troupe.reward.coordinator.TurnState.Open;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What an event does to the draws of a crossed group, and so to the episodes that combine them. An episode is complete
 * with the last of its draws, and only then: what comes after a draw that was lost is recorded too.
 */
final class CrossMachine {

    private final TurnMachine turns;
    private final EpisodeMachine episodes;

    CrossMachine(TurnMachine turns, EpisodeMachine episodes) {
        this.turns = turns;
        this.episodes = episodes;
    }

    /**
     * Deals the draws of a task.
     *
     * @param opening the observation of each role
     */
    Transition<GroupState> deal(Task task, List<String> roles, List<RoleObservation> opening, long now, long deadline) {
        int perRole = task.getNumGenerations();
        List<EpisodeState> drawing = IntStream.range(
                        0, Draws.combinations(perRole, roles.size(), JointMode.MAX_COMBINATIONS))
                .<EpisodeState>mapToObj(Drawing::new)
                .toList();
        // Only task and roles are looked at before the draws are there.
        var group = new GroupState(task, roles, now, deadline, drawing, Optional.empty());
        var states = new ArrayList<TurnState>();
        var effects = new ArrayList<Effect>();
        for (int number = 0; number < perRole; number++) {
            for (RoleObservation observation : opening) {
                Transition<Acting> dealt = turns.deal(group, Progress.started(number, now), List.of(observation), now);
                states.add(new Open(dealt.state()));
                effects.addAll(dealt.effects());
            }
        }
        return new Transition<>(group.with(new Draws(perRole, roles, states)), effects);
    }

    Transition<GroupState> act(GroupState group, Draws draws, Action action, long now) {
        return in(
                group,
                draws,
                action.getEpisode(),
                action.getRole(),
                draw -> switch (draw) {
                    case Open open -> turns.act(group, open, action, now);
                    case Complete(Acting acting) ->
                        action.getTurn() > 0
                                ? Transition.of(draw, TurnMachine.future(action.getTurn()))
                                : Transition.of(
                                        new Complete(acting.withDuplicate()),
                                        new Effect.Ignore(Ignored.DUPLICATE_ACTION));
                    case Lost _ -> Transition.of(draw, new Effect.Ignore(Ignored.LATE_ACTION));
                },
                now);
    }

    Transition<GroupState> say(GroupState group, Draws draws, Message message, long now) {
        return in(
                group,
                draws,
                message.getEpisode(),
                message.getFrom(),
                draw -> switch (draw) {
                    case Open open -> turns.say(open, message);
                    case Complete _ ->
                        Transition.of(
                                draw,
                                message.getTurn() > 0
                                        ? TurnMachine.future(message.getTurn())
                                        : new Effect.Ignore(Ignored.DUPLICATE_MESSAGE));
                    case Lost _ -> Transition.of(draw, new Effect.Ignore(Ignored.LATE_MESSAGE));
                },
                now);
    }

    /** Draws that are past their deadline are dealt once more, and then given up. */
    Transition<GroupState> expire(GroupState group, Draws draws, long now) {
        Transition<GroupState> next = Transition.of(group);
        for (int place = 0; place < draws.states().size(); place++) {
            if (draws.states().get(place) instanceof Open open && open.acting().deadlineAt() <= now) {
                Transition<GroupState> expired =
                        become(next.state(), place, turns.expire(next.state(), open, now), now);
                next = new Transition<>(expired.state(), next.effects()).and(expired.effects());
            }
        }
        return next;
    }

    private Transition<GroupState> in(
            GroupState group,
            Draws draws,
            int number,
            String role,
            Function<TurnState, Transition<TurnState>> event,
            long now) {
        OptionalInt place = draws.place(number, role);
        if (place.isEmpty()) {
            return Transition.of(
                    group,
                    new Effect.Refuse("the task has %d draws of each of the roles %s, not draw %d of role '%s'"
                            .formatted(draws.perRole(), draws.roles(), number, role)));
        }
        TurnState before = draws.states().get(place.getAsInt());
        return become(group, place.getAsInt(), event.apply(before), now);
    }

    /** The draw has become what it is now; episodes that waited for nothing else go on. */
    private Transition<GroupState> become(GroupState group, int place, Transition<TurnState> draw, long now) {
        Draws draws = group.draws().orElseThrow();
        GroupState after = group.with(draws.with(place, draw.state()));
        if (draw.state() instanceof Open) {
            return new Transition<>(after, draw.effects());
        }
        var changed = new ArrayList<>(after.episodes());
        var effects = new ArrayList<>(draw.effects());
        for (int episode : draws.episodesOf(place)) {
            if (changed.get(episode) instanceof Drawing drawing) {
                Transition<EpisodeState> next = episodes.drawn(after, drawing, now);
                changed.set(episode, next.state());
                effects.addAll(next.effects());
            }
        }
        return new Transition<>(after.with(changed), effects);
    }
}
