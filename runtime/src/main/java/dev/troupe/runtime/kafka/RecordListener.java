package dev.troupe.runtime.kafka;

/** Receives a reader's records, on the reader's thread, each partition's in order. */
@FunctionalInterface
public interface RecordListener<T> {

    /** @throws InterruptedException when the reader closes */
    void onRecord(TopicRecord<T> record) throws InterruptedException;
}
