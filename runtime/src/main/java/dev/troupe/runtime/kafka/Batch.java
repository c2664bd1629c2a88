package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.KafkaMeters.WORK_RECORDS;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The records that a member of a consumer group has in work: the working thread tells their verdicts, the polling
 * thread settles them. An abandoned batch takes no notice of what is told later.
 */
final class Batch implements Verdicts {

    private sealed interface Verdict {
        ConsumerRecord<?, ?> record();
    }

    private record Done(ConsumerRecord<?, ?> record) implements Verdict {}

    private record SetAside(ConsumerRecord<?, ?> record) implements Verdict {}

    private record Failed(ConsumerRecord<?, ?> record, Instant notBefore) implements Verdict {}

    private record Postponed(ConsumerRecord<?, ?> record, Instant notBefore) implements Verdict {}

    private final Map<Origin, Slot> inHand = new LinkedHashMap<>();
    private final Queue<Verdict> verdicts = new ConcurrentLinkedQueue<>();
    private final String group;
    private final MeterRegistry meters;
    private final InstantSource clock;

    Batch(Collection<Slot> slots, String group, MeterRegistry meters, InstantSource clock) {
        slots.forEach(slot -> inHand.put(slot.origin(), slot));
        this.group = group;
        this.meters = meters;
        this.clock = clock;
    }

    List<ConsumerRecord<byte[], byte[]>> deliveries() {
        return inHand.values().stream().map(Slot::delivery).toList();
    }

    @Override
    public void done(ConsumerRecord<byte[], byte[]> record) {
        verdicts.add(new Done(record));
    }

    @Override
    public void setAside(ConsumerRecord<byte[], byte[]> record) {
        verdicts.add(new SetAside(record));
    }

    @Override
    public void failed(ConsumerRecord<byte[], byte[]> record, Duration delay) {
        verdicts.add(new Failed(record, clock.instant().plus(delay)));
    }

    /** Unlike a share group's, this delivery is not counted, so there is always another. */
    @Override
    public boolean postponed(ConsumerRecord<byte[], byte[]> record, Duration delay) {
        verdicts.add(new Postponed(record, clock.instant().plus(delay)));
        return true;
    }

    /** Settles what was told since the last time; whether there was anything. */
    boolean settle() {
        boolean any = false;
        for (Verdict verdict = verdicts.poll(); verdict != null; verdict = verdicts.poll()) {
            Slot slot = inHand.remove(Origin.of(verdict.record()));
            if (slot != null) {
                any = true;
                settle(slot, verdict);
            }
        }
        return any;
    }

    private void settle(Slot slot, Verdict verdict) {
        switch (verdict) {
            case Done _ -> {
                slot.done();
                count("accepted");
            }
            case SetAside _ -> {
                slot.done();
                count("rejected");
            }
            case Failed failed -> {
                slot.failed(failed.notBefore());
                count("released");
            }
            case Postponed postponed -> {
                slot.untouched(postponed.notBefore());
                count("released");
            }
        }
    }

    /** Takes back what has no verdict, because its work was stopped. */
    void release() {
        inHand.values().forEach(slot -> {
            slot.untouched(Instant.MIN);
            count("released");
        });
        inHand.clear();
    }

    /** Takes back what has no verdict, because the queue's own work failed: the delivery counts. */
    void fail() {
        inHand.values().forEach(slot -> {
            slot.failed(Instant.MIN);
            count("released");
        });
        inHand.clear();
    }

    boolean holdsAnyOf(Collection<TopicPartition> partitions) {
        return inHand.keySet().stream().map(Batch::partition).anyMatch(partitions::contains);
    }

    /** Forgets the records of partitions that now belong to others. */
    void lose(Collection<TopicPartition> partitions) {
        inHand.keySet().removeIf(origin -> {
            boolean lost = partitions.contains(partition(origin));
            if (lost) {
                count("lost");
            }
            return lost;
        });
    }

    private static TopicPartition partition(Origin origin) {
        return new TopicPartition(origin.topic(), origin.partition());
    }

    private void count(String outcome) {
        meters.counter(WORK_RECORDS, "group", group, "outcome", outcome).increment();
    }
}
