package dev.troupe.runtime.kafka;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What becomes of the records of a batch; told by the working thread, each as soon as it is known. A record of which
 * nothing is told goes back to the queue.
 */
interface Verdicts {

    /** The work is done and its results are safe. */
    void done(ConsumerRecord<byte[], byte[]> record);

    /** The record is in the dead letters. */
    void setAside(ConsumerRecord<byte[], byte[]> record);

    /** The work failed; another delivery, not before the delay is over. */
    void failed(ConsumerRecord<byte[], byte[]> record, Duration delay) throws InterruptedException;

    /**
     * The work cannot be done yet, and not by the record's fault; tried again not before the delay is over.
     *
     * @return false when the record must stay here, to be tried again at once: its deliveries are used up
     */
    boolean postponed(ConsumerRecord<byte[], byte[]> record, Duration delay) throws InterruptedException;
}
