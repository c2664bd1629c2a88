package dev.troupe.runtime.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a consumer group that works like one of a share group: records of a partition are worked on out of order
 * where one waits for its retry, deliveries are counted and outlive a crash (the count is committed before the work
 * begins, see {@link Progress}), and polling goes on during the work, so that the group keeps the member however long
 * it takes.
 *
 * <p>What a share group does and this cannot: one partition's records go to one worker, so a slow record holds up those
 * that come after its batch in the worker's partitions, and no others. And while the group rebalances no offset can be
 * committed, so that no member begins work: after a worker was killed that is until its session ends, if another joins
 * before.
 */
final class GroupMember implements QueueMember, ConsumerRebalanceListener {

    /** Most records of a partition between the first that is not done and the last fetched, a poll's more or less. */
    static final int WINDOW = 512;

    private static final Logger LOGGER = LoggerFactory.getLogger(GroupMember.class);
    private static final Duration POLL = Duration.ofMillis(250);
    /** Between two polls during the work; rebalances get on in polls only. */
    private static final Duration SLICE = Duration.ofMillis(100);

    private static final Duration CLOSE = Duration.ofMillis(1500);
    /** How long a rebalance waits for work on a partition that moves. */
    private static final Duration REVOKE = Duration.ofSeconds(2);

    /** Work that goes on. */
    private record Going(Batch batch, Hands.Job job) {}

    private final Consumer<byte[], byte[]> consumer;
    private final String group;
    private final Hands hands;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Windows windows;
    private @Nullable Going going;

    GroupMember(
            Consumer<byte[], byte[]> consumer,
            String group,
            String topic,
            int maxBatch,
            Hands hands,
            MeterRegistry meters,
            InstantSource clock) {
        this.consumer = consumer;
        this.group = group;
        this.hands = hands;
        this.meters = meters;
        this.clock = clock;
        this.windows = new Windows(consumer, group, maxBatch, clock);
        consumer.subscribe(List.of(topic), this);
    }

    @Override
    public void poll() {
        Duration patience = going == null ? windows.idle(clock.instant(), POLL) : Duration.ZERO;
        windows.add(consumer.poll(patience));
    }

    @Override
    public boolean work() throws InterruptedException {
        boolean done = false;
        Going now = going;
        if (now != null) {
            boolean ended = now.job().await(SLICE) && now.job().ended();
            boolean settled = now.batch().settle();
            if (ended) {
                going = null;
                now.batch().fail();
                now.job().check();
                done = true;
            } else if (settled) {
                // A refusal is no matter yet: the next commit says the same and more.
                windows.commit();
            }
        }
        if (going == null && !hands.closing()) {
            next();
        }
        return done;
    }

    /** Begins the next batch once its deliveries are counted where a crash cannot undo it. */
    private void next() {
        List<Slot> begun = windows.begin(clock.instant());
        if (!windows.commit()) {
            begun.forEach(slot -> slot.untouched(Instant.MIN));
        } else if (!begun.isEmpty()) {
            var batch = new Batch(begun, group, meters, clock);
            going = new Going(batch, hands.begin(batch.deliveries(), batch));
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        windows.open(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        Going now = going;
        if (now != null && now.batch().holdsAnyOf(partitions)) {
            stop(REVOKE);
        }
        if (!windows.commit()) {
            log(partitions, "partitions move before their progress is committed; some work may be repeated");
        }
        windows.drop(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        windows.drop(partitions);
        Going now = going;
        if (now != null && now.batch().holdsAnyOf(partitions)) {
            log(partitions, "partitions were lost with work in flight; another worker may repeat it");
            now.batch().lose(partitions);
            stop(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
        quietly(windows::commit);
        quietly(() -> consumer.close(CloseOptions.timeout(CLOSE)));
    }

    /** Ends the work in flight: what has its verdict keeps it, the rest is as if it had not been begun. */
    private void stop(Duration patience) {
        Going now = going;
        if (now == null) {
            return;
        }
        going = null;
        try {
            now.job().stop(patience);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        now.batch().settle();
        now.batch().release();
    }

    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (KafkaException e) {
            LOGGER.atWarn()
                    .addKeyValue("group", group)
                    .addKeyValue("error", e.toString())
                    .log("the consumer did not close cleanly; some work may be repeated");
        }
    }

    private void log(Collection<TopicPartition> partitions, String message) {
        LOGGER.atWarn()
                .addKeyValue("group", group)
                .addKeyValue("partitions", partitions)
                .log(message);
    }
}
