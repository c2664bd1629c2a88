package dev.troupe.runtime.kafka;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A fetched record's place in its partition's {@link Window}. Owned by the polling thread. */
final class Slot {

    /** Higher counts are not told apart; no queue delivers as often. */
    private static final int MOST_DELIVERIES = 9;

    private enum State {
        WAITING,
        IN_HAND,
        DONE
    }

    private final Origin origin;
    /** Null once it is done: slots behind one that waits for long must not fill the memory. */
    private @Nullable ConsumerRecord<byte[], byte[]> record;

    private int deliveries;
    private State state = State.WAITING;
    private Instant due = Instant.MIN;

    /** @param deliveries before this owner of the partition */
    Slot(ConsumerRecord<byte[], byte[]> record, int deliveries) {
        this.origin = Origin.of(record);
        this.record = record;
        this.deliveries = deliveries;
    }

    Origin origin() {
        return origin;
    }

    long offset() {
        return origin.offset();
    }

    int deliveries() {
        return deliveries;
    }

    Instant due() {
        return due;
    }

    /** Of key and value, as long as they are kept. */
    long bytes() {
        ConsumerRecord<byte[], byte[]> fetched = record;
        return fetched == null ? 0 : (long) length(fetched.key()) + length(fetched.value());
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    boolean waits() {
        return state == State.WAITING;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Whether it was delivered before without success. */
    boolean suspect() {
        return waits() && deliveries > 0;
    }

    /** Whether nobody began it yet. */
    boolean fresh() {
        return waits() && deliveries == 0 && due.equals(Instant.MIN);
    }

    void begin() {
        state = State.IN_HAND;
        deliveries = Math.min(deliveries + 1, MOST_DELIVERIES);
    }

    /** What the worker gets: the record with the count of its deliveries, as a share group's records have it. */
    ConsumerRecord<byte[], byte[]> delivery() {
        ConsumerRecord<byte[], byte[]> fetched = record;
        if (fetched == null || state != State.IN_HAND) {
            throw new IllegalStateException("not in hand: " + origin);
        }
        return new ConsumerRecord<>(
                fetched.topic(),
                fetched.partition(),
                fetched.offset(),
                fetched.timestamp(),
                fetched.timestampType(),
                fetched.serializedKeySize(),
                fetched.serializedValueSize(),
                fetched.key(),
                fetched.value(),
                fetched.headers(),
                fetched.leaderEpoch(),
                Optional.of((short) deliveries));
    }

    void done() {
        state = State.DONE;
        record = null;
    }

    /** It comes again, and this delivery counts. */
    void failed(Instant notBefore) {
        state = State.WAITING;
        due = notBefore;
    }

    /** It comes again as if it had not been begun. */
    void untouched(Instant notBefore) {
        failed(notBefore);
        deliveries--;
    }
}
