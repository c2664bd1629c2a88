package dev.troupe.runtime.kafka;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition that were fetched and cannot be committed yet. They are done in any order; what is
 * committed is the offset before which all are done, with the {@link Progress} beyond it. Owned by the polling thread.
 */
final class Window {

    /** Most bytes of records that are not done, the last fetched more or less. */
    private static final long MAX_BYTES = 32L << 20;

    private final NavigableMap<Long, Slot> slots = new TreeMap<>();
    /** Of records that a former owner began and that were not fetched again yet. */
    private final NavigableMap<Long, Integer> remembered;

    private @Nullable OffsetAndMetadata committed;
    private @Nullable Long next;

    /** @param committed what the former owner committed, null if there was none */
    Window(@Nullable OffsetAndMetadata committed, Progress progress) {
        this.committed = committed;
        this.remembered = new TreeMap<>(progress.deliveries());
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
        Integer before = remembered.remove(record.offset());
        var slot = new Slot(record, before == null ? 0 : before);
        if (before != null && before == Progress.DONE) {
            slot.done();
        }
        slots.putIfAbsent(record.offset(), slot);
        reached(record.offset() + 1);
    }

    /** Notes the offset to be fetched next; there may be none of ours before it (transaction markers). */
    void reached(long offset) {
        next = offset;
        remembered.headMap(offset, false).clear();
    }

    /**
     * Whether no more should be fetched for now.
     *
     * @param ahead most records to hold that nobody began yet
     */
    boolean full(int ahead) {
        return slots.size() >= GroupMember.WINDOW
                || slots.values().stream().filter(Slot::fresh).count() >= ahead
                || slots.values().stream().mapToLong(Slot::bytes).sum() >= MAX_BYTES;
    }

    /**
     * Begins records that are due, each with one more delivery. One that was delivered before and failed, or whose
     * worker died, comes alone, so that it cannot take its neighbours with it again.
     *
     * @param most records to begin
     * @param alone whether a record that must be alone may be among them
     */
    List<Slot> begin(Instant now, int most, boolean alone) {
        long room = Math.min(most, Math.max(1, Progress.MAX_COUNTED - counted()));
        var begun = new ArrayList<Slot>();
        for (Slot slot : ready().filter(slot -> !slot.due().isAfter(now)).toList()) {
            if (!slot.suspect() && begun.size() < room) {
                slot.begin();
                begun.add(slot);
            } else if (slot.suspect() && alone) {
                if (begun.isEmpty()) {
                    slot.begin();
                    begun.add(slot);
                }
                return begun;
            }
        }
        return begun;
    }

    /** When the next record can be begun; empty when none waits. */
    Optional<Instant> due() {
        return ready().map(Slot::due).min(Instant::compareTo);
    }

    /** What to commit if it differs from what is committed. */
    Optional<OffsetAndMetadata> toCommit() {
        while (!slots.isEmpty() && slots.firstEntry().getValue().isDone()) {
            slots.pollFirstEntry();
        }
        Long offset = slots.isEmpty() ? next : slots.firstKey();
        if (offset == null) {
            return Optional.empty();
        }
        var now = new OffsetAndMetadata(offset, progress().format(offset));
        return now.equals(committed) ? Optional.empty() : Optional.of(now);
    }

    void committed(OffsetAndMetadata offset) {
        committed = offset;
    }

    private Progress progress() {
        var deliveries = new TreeMap<Long, Integer>(remembered);
        slots.forEach((offset, slot) -> {
            if (slot.isDone()) {
                deliveries.put(offset, Progress.DONE);
            } else if (slot.deliveries() > 0) {
                deliveries.put(offset, slot.deliveries());
            }
        });
        return new Progress(deliveries);
    }

    /**
     * Those that wait and for whose count the metadata has room. The first that is not done always is among them, or
     * counts of records that are not fetched yet could stop the partition for good: it waits until they are fetched,
     * and they until it is done.
     */
    private Stream<Slot> ready() {
        long first = slots.values().stream()
                .filter(slot -> !slot.isDone())
                .mapToLong(Slot::offset)
                .findFirst()
                .orElse(0);
        boolean room = counted() < Progress.MAX_COUNTED;
        return slots.values().stream()
                .filter(slot -> slot.waits() && slot.offset() <= first + Progress.MAX_SPAN)
                .filter(slot -> room || slot.suspect() || slot.offset() == first);
    }

    private long counted() {
        return remembered.values().stream()
                        .filter(count -> count > Progress.DONE)
                        .count()
                + slots.values().stream()
                        .filter(slot -> !slot.isDone() && slot.deliveries() > 0)
                        .count();
    }
}
