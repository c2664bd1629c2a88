package dev.troupe.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that a member of a consumer group has, and what it commits of them. Owned by the polling thread. */
final class Windows {

    private static final Logger LOGGER = LoggerFactory.getLogger(Windows.class);
    private static final Duration COMMIT = Duration.ofSeconds(1);
    private static final Duration FETCH_COMMITTED = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final String group;
    private final int maxBatch;
    private final Outage outage;
    private final SequencedMap<TopicPartition, Window> windows = new LinkedHashMap<>();
    private Duration commitDelay = Duration.ZERO;

    Windows(Consumer<byte[], byte[]> consumer, String group, int maxBatch, InstantSource clock) {
        this.consumer = consumer;
        this.group = group;
        this.maxBatch = maxBatch;
        this.outage = new Outage(LOGGER, "commit of group " + group, clock);
    }

    /** Goes on where the former owners of the partitions stopped. */
    void open(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> found = consumer.committed(Set.copyOf(partitions), FETCH_COMMITTED);
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata committed = found.get(partition);
            windows.put(partition, new Window(committed, progress(partition, committed)));
        }
    }

    void drop(Collection<TopicPartition> partitions) {
        partitions.forEach(windows::remove);
    }

    /** Takes what was fetched, and has no more fetched of partitions of which enough is here. */
    void add(ConsumerRecords<byte[], byte[]> records) {
        Set<TopicPartition> paused = consumer.paused();
        windows.forEach((partition, window) -> {
            records.records(partition).forEach(window::add);
            OffsetAndMetadata next = records.nextOffsets().get(partition);
            if (next != null) {
                window.reached(next.offset());
            }
            boolean full = window.full(2 * maxBatch);
            if (full && !paused.contains(partition)) {
                consumer.pause(List.of(partition));
            } else if (!full && paused.contains(partition)) {
                consumer.resume(List.of(partition));
            }
        });
    }

    /** Begins the next batch. Each partition comes first in its turn: what must be alone is begun in no other's. */
    List<Slot> begin(Instant now) {
        var begun = new ArrayList<Slot>();
        for (Window window : windows.values()) {
            begun.addAll(window.begin(now, maxBatch - begun.size(), begun.isEmpty()));
            if (begun.size() == maxBatch
                    || (!begun.isEmpty() && begun.getFirst().deliveries() > 1)) {
                break;
            }
        }
        Map.Entry<TopicPartition, Window> first = windows.pollFirstEntry();
        if (first != null) {
            windows.putLast(first.getKey(), first.getValue());
        }
        return begun;
    }

    /** How long there is nothing to begin; the longest if nothing waits. */
    Duration idle(Instant now, Duration longest) {
        Duration wait = windows.values().stream()
                .map(Window::due)
                .flatMap(Optional::stream)
                .map(due -> due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO)
                .reduce(longest, Windows::shorter);
        Duration atLeast = shorter(commitDelay, longest);
        return wait.compareTo(atLeast) > 0 ? wait : atLeast;
    }

    /**
     * Commits what is new.
     *
     * @return false when that cannot be now (a rebalance, an outage) and has to be tried again after the next poll
     */
    boolean commit() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        windows.forEach((partition, window) -> window.toCommit().ifPresent(offset -> offsets.put(partition, offset)));
        if (offsets.isEmpty()) {
            return true;
        }
        try {
            consumer.commitSync(offsets, COMMIT);
        } catch (RebalanceInProgressException | RetriableException e) {
            commitDelay = outage.failed(e.toString());
            return false;
        }
        windows.forEach((partition, window) -> {
            OffsetAndMetadata committed = offsets.get(partition);
            if (committed != null) {
                window.committed(committed);
            }
        });
        outage.over();
        commitDelay = Duration.ZERO;
        return true;
    }

    private Progress progress(TopicPartition partition, @Nullable OffsetAndMetadata committed) {
        if (committed == null) {
            return Progress.NONE;
        }
        try {
            return Progress.parse(committed.offset(), committed.metadata());
        } catch (IllegalArgumentException e) {
            LOGGER.atWarn()
                    .addKeyValue("group", group)
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("error", e.getMessage())
                    .log("the committed offset's metadata is not a queue's; deliveries are counted anew");
            return Progress.NONE;
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
