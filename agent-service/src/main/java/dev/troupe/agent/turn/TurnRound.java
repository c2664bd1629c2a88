package dev.troupe.agent.turn;

import dev.troupe.agent.decode.DeadlinePassedException;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns that are played at the same time, each published as soon as it is done. Used by one thread. */
final class TurnRound implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TurnRound.class);
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(30);

    private final TurnPlayer player;
    private final Outbox outbox;
    private final Instant taken;
    private final Consumer<Turn> expired;
    private final List<Begun.Playing> playing = new ArrayList<>();
    private final LinkedBlockingQueue<Begun.Playing> sampled = new LinkedBlockingQueue<>();
    private final List<Turn> played = new ArrayList<>();
    private final List<CompletableFuture<Origin>> sent = new ArrayList<>();
    private @Nullable RuntimeException failure;

    /**
     * @param taken when the turns were taken from the queue
     * @param expired is told each turn whose deadline passed before it was sampled
     */
    TurnRound(TurnPlayer player, Outbox outbox, Instant taken, Consumer<Turn> expired) {
        this.player = player;
        this.outbox = outbox;
        this.taken = taken;
        this.expired = expired;
    }

    /** Begins turns of one policy; those that cannot be played are answered at once. */
    void begin(PolicyLease lease, List<Turn> turns) {
        try (lease) {
            turns.forEach(turn -> begin(lease.share(), turn));
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

    /** Answers turns that cannot be played with the reason. */
    void refuse(List<Turn> turns, RefusalReason reason, String detail) {
        turns.forEach(turn -> refuse(turn, reason, detail));
    }

    private void refuse(Turn turn, RefusalReason reason, String detail) {
        publish(turn, new PlayedTurn(player.refuse(turn, reason, detail, taken), List.of()));
    }

    private void publish(Turn turn, PlayedTurn answer) {
        answer.messages()
                .forEach(message -> sent.add(outbox.send(TopicCatalog.MESSAGES, message.getTaskId(), message)));
        sent.add(outbox.send(TopicCatalog.ACTIONS, answer.action().getTaskId(), answer.action()));
        played.add(turn);
    }

    /** Whether nothing is being sampled. */
    boolean isIdle() {
        return playing.isEmpty();
    }

    /**
     * Publishes the turn that is sampled next.
     *
     * @return false when none came in time
     */
    boolean publishNext(Duration atMost) throws InterruptedException {
        Begun.Playing next = sampled.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            return false;
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
        return true;
    }

    /**
     * Publishes what comes until nothing is left.
     *
     * @param done is told each turn whose answer is safe in the log
     * @throws RuntimeException the first failure of a turn, when the others are safe
     */
    void finish(Consumer<Turn> done) throws InterruptedException {
        while (!playing.isEmpty()) {
            if (!publishNext(LOG_INTERVAL)) {
                LOGGER.atInfo().addKeyValue("turns", playing.size()).log("waiting for completions");
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
