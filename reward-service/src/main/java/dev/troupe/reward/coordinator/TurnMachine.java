package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.TurnState.Complete;
import dev.troupe.reward.coordinator.TurnState.Lost;
import dev.troupe.reward.coordinator.TurnState.Open;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an event does to a turn that roles are at. Pure, like all that is around it. */
final class TurnMachine {

    private final Duration timeout;
    private final Turns turns;

    /** @param timeout until a turn is dealt again, and then given up */
    TurnMachine(Duration timeout, Turns turns) {
        this.timeout = timeout;
        this.turns = turns;
    }

    /** Deals a turn to every role that has an observation. */
    Transition<Acting> deal(GroupState group, Progress progress, List<RoleObservation> observations, long now) {
        List<RoleTurn> roles = observations.stream()
                .map(observation -> new RoleTurn(observation, 0, now + timeout.toMillis(), Optional.empty()))
                .toList();
        var acting = new Acting(progress, roles, List.of());
        List<Effect> effects = new ArrayList<>();
        for (RoleTurn role : roles) {
            effects.add(turns.deal(group, progress.index(), acting.turn(), role));
        }
        return new Transition<>(acting, effects);
    }

    /** The first action of a role wins, whichever attempt it answers. */
    Transition<TurnState> act(GroupState group, Open open, Action action, long now) {
        Acting acting = open.acting();
        if (action.getTurn() != acting.turn()) {
            return action.getTurn() > acting.turn() ? Transition.of(open, future(action.getTurn())) : again(acting);
        }
        Optional<RoleTurn> dealt = acting.role(action.getRole());
        if (dealt.isEmpty() || action.getAttempt() > dealt.get().attempt()) {
            return Transition.of(open, notDealt(action.getRole(), action.getAttempt()));
        }
        RoleTurn role = dealt.get();
        boolean refused = action.getFinishReason() == FinishReason.REFUSED;
        if (role.action().isPresent() || (refused && action.getAttempt() < role.attempt())) {
            return again(acting);
        }
        if (!refused) {
            return Transition.of(joined(acting.with(role.acted(action))));
        }
        return role.attempt() == 0
                ? redeal(group, acting, role, now)
                : Transition.of(new Lost(acting.with(role.acted(action)), IncompleteReason.ACTION_REFUSED.name()));
    }

    /**
     * A message may come before or after its action. Of two with the same place the later stands: an agent that died
     * half-way is followed by one that says all of it again.
     */
    Transition<TurnState> say(Open open, Message message) {
        Acting acting = open.acting();
        if (message.getTurn() != acting.turn()) {
            return Transition.of(
                    open,
                    message.getTurn() > acting.turn()
                            ? future(message.getTurn())
                            : new Effect.Ignore(Ignored.DUPLICATE_MESSAGE));
        }
        Optional<RoleTurn> dealt = acting.role(message.getFrom());
        if (dealt.isEmpty() || message.getAttempt() > dealt.get().attempt()) {
            return Transition.of(open, notDealt(message.getFrom(), message.getAttempt()));
        }
        var messages = new ArrayList<>(acting.messages());
        boolean known = messages.removeIf(other -> other.getFrom().equals(message.getFrom())
                && other.getAttempt() == message.getAttempt()
                && other.getSequence() == message.getSequence());
        messages.add(message);
        TurnState next = joined(new Acting(acting.progress(), acting.roles(), messages));
        return known ? Transition.of(next, new Effect.Ignore(Ignored.DUPLICATE_MESSAGE)) : Transition.of(next);
    }

    /** Who is past the deadline is dealt the turn once more, and then the turn is given up. */
    Transition<TurnState> expire(GroupState group, Open open, long now) {
        Acting acting = open.acting();
        Transition<TurnState> next = Transition.of(open);
        for (RoleTurn role : acting.roles()) {
            if (role.deadlineAt() > now || role.settled(acting.messages())) {
                continue;
            }
            if (role.attempt() > 0) {
                return Transition.of(new Lost(acting, IncompleteReason.ROLE_TIMEOUT + ":" + role.role()));
            }
            next = redeal(group, next.state().acting(), role, now).and(next.effects());
        }
        return next;
    }

    static Effect future(int turn) {
        return new Effect.Refuse("turn %d has not come yet".formatted(turn));
    }

    private static Effect notDealt(String role, int attempt) {
        return new Effect.Refuse("the turn was not dealt to role '%s', attempt %d".formatted(role, attempt));
    }

    private static TurnState joined(Acting acting) {
        return acting.complete() ? new Complete(acting) : new Open(acting);
    }

    private Transition<TurnState> redeal(GroupState group, Acting acting, RoleTurn role, long now) {
        RoleTurn again = role.redealt(now + timeout.toMillis());
        Acting changed = acting.with(again);
        return Transition.of(
                new Open(new Acting(changed.progress().withRedeal(), changed.roles(), changed.messages())),
                turns.deal(group, acting.progress().index(), acting.turn(), again));
    }

    private static Transition<TurnState> again(Acting acting) {
        return Transition.of(new Open(acting.withDuplicate()), new Effect.Ignore(Ignored.DUPLICATE_ACTION));
    }
}
