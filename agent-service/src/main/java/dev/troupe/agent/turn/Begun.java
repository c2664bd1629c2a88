package dev.troupe.agent.turn;

import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.TokenIds;
import dev.troupe.schemas.avro.Turn;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** What became of a turn when it was begun. */
sealed interface Begun {
    /**
     * It is being sampled.
     *
     * @param taken when it was taken from the queue
     * @param prompt token-in
     * @param sampled whoever takes the result closes its lease
     */
    record Playing(Turn turn, Instant taken, TokenIds prompt, CompletableFuture<Sampled> sampled) implements Begun {
        /** Nobody waits for it any more. */
        void abandon() {
            if (!sampled.cancel(true) && !sampled.isCompletedExceptionally()) {
                sampled.join().lease().close();
            }
        }
    }

    /** It cannot be played. */
    record Refused(PlayedTurn turn) implements Begun {}
}
