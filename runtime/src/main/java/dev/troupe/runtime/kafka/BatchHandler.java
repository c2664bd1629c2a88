package dev.troupe.runtime.kafka;

import java.util.List;

/** Does the work of a queue; called by one thread at a time per queue. */
@FunctionalInterface
public interface BatchHandler<T> {

    /**
     * Does the work and returns when its results are safe: returning acknowledges the batch. Work may come again (after
     * a crash, or one by one after a failed batch), so results carry what makes a repetition recognisable.
     *
     * @param batch at least one, in the order of delivery
     * @throws InterruptedException when the batch goes to another worker: the queue closes, or its partition moves
     * @throws RetryLaterException when the environment is at fault: the batch is tried again
     * @throws dev.troupe.schemas.RegistryUnavailableException when a result cannot be encoded now; likewise
     * @throws UnprocessableException when the record is at fault: it is set aside at once
     */
    void handle(List<T> batch) throws InterruptedException;
}
