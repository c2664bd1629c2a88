package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.EpisodeState.Drawing;
import dev.troupe.reward.coordinator.EpisodeState.Ended;
import dev.troupe.reward.coordinator.EpisodeState.Judging;
import dev.troupe.reward.coordinator.TurnState.Complete;
import dev.troupe.reward.coordinator.TurnState.Lost;
import dev.troupe.reward.coordinator.TurnState.Open;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import java.time.Duration;
import java.util.List;

/** What an event does to one episode. Pure: no clock, no stores, no Kafka. */
final class EpisodeMachine {

    private final Duration judgeTimeout;
    private final TurnMachine turns;

    /** @param judgeTimeout until a step is handed out again, and then given up */
    EpisodeMachine(Duration judgeTimeout, TurnMachine turns) {
        this.judgeTimeout = judgeTimeout;
        this.turns = turns;
    }

    /** Deals a turn to every role that has an observation. */
    Transition<EpisodeState> deal(GroupState group, Progress progress, List<RoleObservation> observations, long now) {
        Transition<Acting> dealt = turns.deal(group, progress, observations, now);
        return new Transition<>(dealt.state(), dealt.effects());
    }

    Transition<EpisodeState> act(GroupState group, EpisodeState state, Action action, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state, new Effect.Ignore(Ignored.LATE_ACTION));
            case Judging judging ->
                action.getTurn() > judging.turn()
                        ? Transition.of(state, TurnMachine.future(action.getTurn()))
                        : Transition.of(judging.withDuplicate(), new Effect.Ignore(Ignored.DUPLICATE_ACTION));
            case Drawing _ -> Transition.of(state, drawnElsewhere());
            case Acting acting -> after(group, turns.act(group, new Open(acting), action, now), now);
        };
    }

    Transition<EpisodeState> say(GroupState group, EpisodeState state, Message message, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state, new Effect.Ignore(Ignored.LATE_MESSAGE));
            case Judging judging ->
                Transition.of(
                        state,
                        message.getTurn() > judging.turn()
                                ? TurnMachine.future(message.getTurn())
                                : new Effect.Ignore(Ignored.DUPLICATE_MESSAGE));
            case Drawing _ -> Transition.of(state, drawnElsewhere());
            case Acting acting -> after(group, turns.say(new Open(acting), message), now);
        };
    }

    private Transition<EpisodeState> after(GroupState group, Transition<TurnState> turn, long now) {
        Transition<EpisodeState> next =
                switch (turn.state()) {
                    case Open(Acting acting) -> Transition.of(acting);
                    case Complete(Acting acting) ->
                        toJudges(group, acting.progress().with(acting.step()), now);
                    case Lost(Acting acting, String reason) -> end(group, acting, reason, now);
                };
        return new Transition<>(next.state(), turn.effects()).and(next.effects());
    }

    /**
     * A draw of the episode has come to its end; with the last one the episode goes on, unless one of them was lost.
     */
    Transition<EpisodeState> drawn(GroupState group, Drawing drawing, long now) {
        Draws draws = group.draws().orElseThrow();
        if (!draws.settled(drawing.index())) {
            return Transition.of(drawing);
        }
        List<Lost> lost = draws.lost(drawing.index());
        return lost.isEmpty()
                ? toJudges(group, group.drawn(drawing.index()), now)
                : end(group, drawing, lost.getFirst().reason(), now);
    }

    /** Only the first judgement of the turn that is with the judges counts. */
    Transition<EpisodeState> judge(GroupState group, EpisodeState state, Judgement judgement, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state, new Effect.Ignore(Ignored.LATE_JUDGEMENT));
            case Drawing _ -> Transition.of(state, TurnMachine.future(judgement.getTurn()));
            case Acting acting ->
                judgement.getTurn() < acting.turn()
                        ? Transition.of(acting.withDuplicate(), new Effect.Ignore(Ignored.DUPLICATE_JUDGEMENT))
                        : Transition.of(state, TurnMachine.future(judgement.getTurn()));
            case Judging judging -> {
                if (judgement.getTurn() > judging.turn()) {
                    yield Transition.of(state, TurnMachine.future(judgement.getTurn()));
                }
                if (judgement.getTurn() < judging.turn()) {
                    yield Transition.of(judging.withDuplicate(), new Effect.Ignore(Ignored.DUPLICATE_JUDGEMENT));
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
            case Ended _, Drawing _ -> Transition.of(state);
            case Judging(Progress progress, int attempt, long _)
            when attempt == 0 ->
                Transition.of(
                        new Judging(progress.withRedeal(), 1, now + judgeTimeout.toMillis()),
                        EpisodeRecords.step(group.task(), progress));
            case Judging judging -> end(group, judging, IncompleteReason.JUDGE_TIMEOUT.name(), now);
            case Acting acting -> after(group, turns.expire(group, new Open(acting), now), now);
        };
    }

    /** Ends the episode without a score. */
    Transition<EpisodeState> end(GroupState group, EpisodeState state, String reason, long now) {
        return switch (state) {
            case Ended _ -> Transition.of(state);
            case Drawing(int index) -> ended(group, group.drawn(index), reason, now);
            case Judging(Progress progress, int _, long _) -> ended(group, progress, reason, now);
            case Acting acting -> {
                EpisodeStep unfinished = acting.step();
                Progress progress = unfinished.getActions().isEmpty()
                        ? acting.progress()
                        : acting.progress().with(unfinished);
                yield ended(group, progress, reason, now);
            }
        };
    }

    private static Transition<EpisodeState> ended(GroupState group, Progress progress, String reason, long now) {
        var episode = EpisodeRecords.incomplete(group.task(), progress, reason, now);
        return Transition.of(new Ended(episode), new Effect.EmitEpisode(episode));
    }

    private static Effect drawnElsewhere() {
        return new Effect.Refuse("a crossed episode is made of draws and takes no turn itself");
    }

    private Transition<EpisodeState> toJudges(GroupState group, Progress progress, long now) {
        return Transition.of(
                new Judging(progress, 0, now + judgeTimeout.toMillis()), EpisodeRecords.step(group.task(), progress));
    }
}
