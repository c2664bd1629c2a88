package dev.troupe.agent.turn;

import dev.troupe.agent.decode.DeadlinePassedException;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.PolicySource.Answer;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns that are played at the same time, each published as soon as it is done. Used by one thread. */
final class TurnRound implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TurnRound.class);
    private static final long LOG_SECONDS = 30;

    private final TurnPlayer player;
    private final TopicWriter writer;
    private final Instant taken;
    private final List<Begun.Playing> playing = new ArrayList<>();
    private final LinkedBlockingQueue<Begun.Playing> sampled = new LinkedBlockingQueue<>();
    private final List<Turn> played = new ArrayList<>();
    private final List<CompletableFuture<Origin>> sent = new ArrayList<>();

    /** @param taken when the turns were taken from the queue */
    TurnRound(TurnPlayer player, TopicWriter writer, Instant taken) {
        this.player = player;
        this.writer = writer;
        this.taken = taken;
    }

    /** Begins turns of one policy; those that cannot be played are answered at once. */
    void begin(Answer answer, List<Turn> turns) {
        switch (answer) {
            case Answer.Found(PolicyLease lease) -> {
                try (lease) {
                    turns.forEach(turn -> begin(lease.share(), turn));
                }
            }
            case Answer.Unknown(String reason) ->
                turns.forEach(turn -> refuse(turn, RefusalReason.UNKNOWN_VERSION, reason));
            case Answer.Refused(String reason) ->
                turns.forEach(turn -> refuse(turn, RefusalReason.REFUSED_VERSION, reason));
        }
    }

    private void begin(PolicyLease lease, Turn turn) {
        switch (player.begin(lease, turn, taken)) {
            case Begun.Playing going -> {
                playing.add(going);
                CompletableFuture<Sampled> _ = going.sampled().whenComplete((_, _) -> sampled.add(going));
            }
            case Begun.Refused(PlayedTurn refused) -> publish(turn, refused);
        }
    }

    private void refuse(Turn turn, RefusalReason reason, String detail) {
        publish(turn, new PlayedTurn(player.refuse(turn, reason, detail, taken), List.of()));
    }

    private void publish(Turn turn, PlayedTurn answer) {
        answer.messages()
                .forEach(message -> sent.add(writer.send(TopicCatalog.MESSAGES, message.getTaskId(), message)));
        sent.add(writer.send(TopicCatalog.ACTIONS, answer.action().getTaskId(), answer.action()));
        played.add(turn);
    }

    /**
     * Publishes what comes until nothing is left.
     *
     * @param done is told each turn whose answer is safe in the log
     * @param expired is told each turn whose deadline passed first
     * @throws RuntimeException the first failure of a turn, when the others are safe
     */
    void finish(Consumer<Turn> done, Consumer<Turn> expired) throws InterruptedException {
        RuntimeException failure = null;
        while (!playing.isEmpty()) {
            Begun.Playing next = sampled.poll(LOG_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                LOGGER.atInfo().addKeyValue("turns", playing.size()).log("waiting for completions");
                continue;
            }
            playing.remove(next);
            try {
                publish(next.turn(), player.played(next, result(next)));
            } catch (DeadlinePassedException _) {
                expired.accept(next.turn());
            } catch (CompletionRefusedException e) {
                refuse(next.turn(), RefusalReason.UNUSABLE_COMPLETION, String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        TopicWriter.await(sent);
        played.forEach(done);
        if (failure != null) {
            throw failure;
        }
    }

    /** The result of a turn that has one. */
    private static Sampled result(Begun.Playing next) throws InterruptedException {
        try {
            return next.sampled().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new CompletionException(e.getCause());
        }
    }

    /** Nobody waits for the rest. */
    @Override
    public void close() {
        playing.forEach(Begun.Playing::abandon);
    }
}
