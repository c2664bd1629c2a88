package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.EpisodeState.Ended;
import dev.troupe.reward.coordinator.EpisodeState.Judging;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an event does to one episode. Pure: no clock, no stores, no Kafka. */
final class EpisodeMachine {

    private final CoordinatorOptions.Timeouts timeouts;
    private final Turns turns;

    EpisodeMachine(CoordinatorOptions.Timeouts timeouts, Turns turns) {
        this.timeouts = timeouts;
        this.turns = turns;
    }

    /** Deals a turn to every role that has an observation. */
    Transition<EpisodeState> deal(GroupState group, Progress progress, List<RoleObservation> observations, long now) {
        long deadline = now + timeouts.turn().toMillis();
        List<RoleTurn> roles = observations.stream()
                .map(observation -> new RoleTurn(observation, 0, deadline, Optional.empty()))
                .toList();
        var acting = new Acting(progress, roles, List.of());
        List<Effect> effects = new ArrayList<>();
        for (RoleTurn role : roles) {
            effects.add(turns.deal(group, progress.index(), acting.turn(), role));
        }
        return new Transition<>(acting, effects);
    }

    /** The first action of a role in a turn wins, whichever attempt it answers. */
    Transition<EpisodeState> act(GroupState group, EpisodeState state, Action action, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state, new Effect.Ignore(Ignored.LATE_ACTION));
            case Judging judging ->
                action.getTurn() > judging.turn() ? future(state, action.getTurn()) : again(judging);
            case Acting acting -> {
                Optional<RoleTurn> role = acting.role(action.getRole());
                if (action.getTurn() > acting.turn()) {
                    yield future(state, action.getTurn());
                }
                if (action.getTurn() < acting.turn()) {
                    yield again(acting);
                }
                if (role.isEmpty() || action.getAttempt() > role.get().attempt()) {
                    yield Transition.of(
                            state,
                            new Effect.Refuse("the turn was not dealt to role '%s', attempt %d"
                                    .formatted(action.getRole(), action.getAttempt())));
                }
                yield act(group, acting, role.get(), action, now);
            }
        };
    }

    private Transition<EpisodeState> act(GroupState group, Acting acting, RoleTurn role, Action action, long now) {
        boolean refused = action.getFinishReason() == FinishReason.REFUSED;
        if (role.action().isPresent() || (refused && action.getAttempt() < role.attempt())) {
            return again(acting);
        }
        if (!refused) {
            return joined(group, acting.with(role.acted(action)), now);
        }
        return role.attempt() == 0
                ? redeal(group, acting, role, now)
                : end(group, acting.with(role.acted(action)), IncompleteReason.ACTION_REFUSED.name(), now);
    }

    /**
     * A message may come before or after its action. Of two with the same place the later stands: an agent that died
     * half-way is followed by one that says all of it again.
     */
    Transition<EpisodeState> say(GroupState group, EpisodeState state, Message message, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state, new Effect.Ignore(Ignored.LATE_MESSAGE));
            case Judging judging ->
                message.getTurn() > judging.turn()
                        ? future(state, message.getTurn())
                        : Transition.of(state, new Effect.Ignore(Ignored.DUPLICATE_MESSAGE));
            case Acting acting -> {
                if (message.getTurn() > acting.turn()) {
                    yield future(state, message.getTurn());
                }
                if (message.getTurn() < acting.turn()) {
                    yield Transition.of(state, new Effect.Ignore(Ignored.DUPLICATE_MESSAGE));
                }
                Optional<RoleTurn> role = acting.role(message.getFrom());
                if (role.isEmpty() || message.getAttempt() > role.get().attempt()) {
                    yield Transition.of(
                            state,
                            new Effect.Refuse("the turn was not dealt to role '%s', attempt %d"
                                    .formatted(message.getFrom(), message.getAttempt())));
                }
                yield said(group, acting, message, now);
            }
        };
    }

    private Transition<EpisodeState> said(GroupState group, Acting acting, Message message, long now) {
        var messages = new ArrayList<>(acting.messages());
        boolean known = messages.removeIf(other -> other.getFrom().equals(message.getFrom())
                && other.getAttempt() == message.getAttempt()
                && other.getSequence() == message.getSequence());
        messages.add(message);
        Transition<EpisodeState> next = joined(group, new Acting(acting.progress(), acting.roles(), messages), now);
        return known ? next.and(List.of(new Effect.Ignore(Ignored.DUPLICATE_MESSAGE))) : next;
    }

    /** Only the first judgement of the turn that is with the judges counts. */
    Transition<EpisodeState> judge(GroupState group, EpisodeState state, Judgement judgement, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state, new Effect.Ignore(Ignored.LATE_JUDGEMENT));
            case Acting acting ->
                judgement.getTurn() < acting.turn()
                        ? Transition.of(
                                new Acting(acting.progress().withDuplicate(), acting.roles(), acting.messages()),
                                new Effect.Ignore(Ignored.DUPLICATE_JUDGEMENT))
                        : future(state, judgement.getTurn());
            case Judging judging -> {
                if (judgement.getTurn() > judging.turn()) {
                    yield future(state, judgement.getTurn());
                }
                if (judgement.getTurn() < judging.turn()) {
                    yield Transition.of(
                            new Judging(judging.progress().withDuplicate(), judging.attempt(), judging.deadlineAt()),
                            new Effect.Ignore(Ignored.DUPLICATE_JUDGEMENT));
                }
                yield judged(group, judging, judgement, now);
            }
        };
    }

    private Transition<EpisodeState> judged(GroupState group, Judging judging, Judgement judgement, long now) {
        if (judgement.getUnscorable() != null) {
            return end(group, judging, EpisodeRecords.unscorable(judgement.getUnscorable()), now);
        }
        if (judgement.getScore() != null) {
            var episode = EpisodeRecords.scored(group.task(), judging.progress(), judgement.getScore(), now);
            return Transition.of(new Ended(episode), new Effect.EmitEpisode(episode));
        }
        if (judging.turn() + 1 >= group.task().getMaxTurns()) {
            return end(group, judging, IncompleteReason.MAX_TURNS.name(), now);
        }
        return Acting.fits(judgement.getObservations(), group.roles())
                ? deal(group, judging.progress(), judgement.getObservations(), now)
                : end(group, judging, IncompleteReason.BAD_OBSERVATIONS.name(), now);
    }

    /** Whatever of the episode is past its deadline is handed out once more, and then given up. */
    Transition<EpisodeState> expire(GroupState group, EpisodeState state, long now) {
        if (state.deadlineAt() > now) {
            return Transition.of(state);
        }
        return switch (state) {
            case Ended _ -> Transition.of(state);
            case Judging(Progress progress, int attempt, long _)
            when attempt == 0 ->
                Transition.of(
                        new Judging(
                                progress.withRedeal(), 1, now + timeouts.judge().toMillis()),
                        EpisodeRecords.step(group.task(), progress));
            case Judging judging -> end(group, judging, IncompleteReason.JUDGE_TIMEOUT.name(), now);
            case Acting acting -> expire(group, acting, now);
        };
    }

    private Transition<EpisodeState> expire(GroupState group, Acting acting, long now) {
        Transition<EpisodeState> next = Transition.of(acting);
        for (RoleTurn role : acting.roles()) {
            if (role.deadlineAt() > now || role.settled(acting.messages())) {
                continue;
            }
            if (role.attempt() > 0) {
                return end(group, acting, IncompleteReason.ROLE_TIMEOUT + ":" + role.role(), now);
            }
            next = redeal(group, (Acting) next.state(), role, now).and(next.effects());
        }
        return next;
    }

    /** Ends the episode without a score. */
    Transition<EpisodeState> end(GroupState group, EpisodeState state, String reason, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state);
            case Judging(Progress progress, int _, long _) -> ended(group, progress, progress.steps(), reason, now);
            case Acting acting -> {
                EpisodeStep unfinished = acting.step();
                List<EpisodeStep> steps = unfinished.getActions().isEmpty()
                        ? acting.progress().steps()
                        : acting.progress().with(unfinished).steps();
                yield ended(group, acting.progress(), steps, reason, now);
            }
        };
    }

    private static Transition<EpisodeState> ended(
            GroupState group, Progress progress, List<EpisodeStep> steps, String reason, long now) {
        var episode = EpisodeRecords.incomplete(group.task(), progress, steps, reason, now);
        return Transition.of(new Ended(episode), new Effect.EmitEpisode(episode));
    }

    private Transition<EpisodeState> joined(GroupState group, Acting acting, long now) {
        if (!acting.complete()) {
            return Transition.of(acting);
        }
        Progress progress = acting.progress().with(acting.step());
        return Transition.of(
                new Judging(progress, 0, now + timeouts.judge().toMillis()),
                EpisodeRecords.step(group.task(), progress));
    }

    private Transition<EpisodeState> redeal(GroupState group, Acting acting, RoleTurn role, long now) {
        RoleTurn again = role.redealt(now + timeouts.turn().toMillis());
        Acting changed = acting.with(again);
        return Transition.of(
                new Acting(changed.progress().withRedeal(), changed.roles(), changed.messages()),
                turns.deal(group, acting.progress().index(), acting.turn(), again));
    }

    private static Transition<EpisodeState> again(Acting acting) {
        return Transition.of(
                new Acting(acting.progress().withDuplicate(), acting.roles(), acting.messages()),
                new Effect.Ignore(Ignored.DUPLICATE_ACTION));
    }

    private static Transition<EpisodeState> again(Judging judging) {
        return Transition.of(
                new Judging(judging.progress().withDuplicate(), judging.attempt(), judging.deadlineAt()),
                new Effect.Ignore(Ignored.DUPLICATE_ACTION));
    }

    private static Transition<EpisodeState> future(EpisodeState state, int turn) {
        return Transition.of(state, new Effect.Refuse("turn %d has not come yet".formatted(turn)));
    }
}
