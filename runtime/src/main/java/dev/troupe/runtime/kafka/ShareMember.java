package dev.troupe.runtime.kafka;

import static org.apache.kafka.clients.consumer.AcknowledgeType.ACCEPT;
import static org.apache.kafka.clients.consumer.AcknowledgeType.REJECT;
import static org.apache.kafka.clients.consumer.AcknowledgeType.RELEASE;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a share group: keeps the locks of what it took, renewing them every third of the lock's time, so that
 * work may take as long as it needs.
 */
final class ShareMember implements QueueMember {

    private static final Logger LOGGER = LoggerFactory.getLogger(ShareMember.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration CLOSE = Duration.ofMillis(1500);

    private final ShareConsumer<byte[], byte[]> consumer;
    private final String group;
    private final WorkQueueOptions options;
    private final Hands hands;
    private final MeterRegistry meters;
    private @Nullable InFlight taken;
    private Hands.@Nullable Job going;

    ShareMember(
            ShareConsumer<byte[], byte[]> consumer,
            String group,
            String topic,
            WorkQueueOptions options,
            Hands hands,
            MeterRegistry meters) {
        this.consumer = consumer;
        this.group = group;
        this.options = options;
        this.hands = hands;
        this.meters = meters;
        consumer.subscribe(List.of(topic));
    }

    @Override
    public void poll() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        taken = records.isEmpty() ? null : new InFlight(consumer, records, group, meters);
    }

    @Override
    public boolean work() throws InterruptedException {
        InFlight inFlight = taken;
        if (inFlight == null) {
            return false;
        }
        Hands.Job job = hands.begin(inFlight.records(), verdicts(inFlight));
        going = job;
        Duration renewal = lock().dividedBy(3);
        while (!job.await(renewal)) {
            inFlight.renew();
        }
        if (!job.ended()) {
            job.stop(Duration.ZERO);
        }
        inFlight.settle();
        going = null;
        job.check();
        return true;
    }

    /** After a failure, work may still be in flight: it must not keep the thread from the next member. */
    @Override
    public void close() {
        InFlight inFlight = taken;
        if (going != null && inFlight != null) {
            stop(going);
            quietly(inFlight::settle);
        }
        quietly(() -> consumer.close(CLOSE));
    }

    private static void stop(Hands.Job job) {
        try {
            job.stop(Duration.ZERO);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** A record whose renewal was cut off is refused with an {@link IllegalStateException}. */
    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (KafkaException | IllegalStateException e) {
            LOGGER.atWarn()
                    .addKeyValue("group", group)
                    .addKeyValue("error", e.toString())
                    .log("the consumer did not close cleanly; its locks end by themselves");
        }
    }

    private Duration lock() {
        Duration asked = options.lock();
        return consumer.acquisitionLockTimeoutMs()
                .map(Duration::ofMillis)
                .filter(told -> told.compareTo(asked) < 0)
                .orElse(asked);
    }

    /** A released record is delivered anew at once, so its delay is spent here, under its lock. */
    private Verdicts verdicts(InFlight inFlight) {
        return new Verdicts() {
            @Override
            public void done(ConsumerRecord<byte[], byte[]> record) {
                inFlight.decide(record, ACCEPT);
            }

            @Override
            public void setAside(ConsumerRecord<byte[], byte[]> record) {
                inFlight.decide(record, REJECT);
            }

            @Override
            public void failed(ConsumerRecord<byte[], byte[]> record, Duration delay) throws InterruptedException {
                AdminCalls.pause(delay);
                inFlight.decide(record, RELEASE);
            }

            @Override
            public boolean postponed(ConsumerRecord<byte[], byte[]> record, Duration delay)
                    throws InterruptedException {
                AdminCalls.pause(delay);
                if (BatchWorker.deliveries(record) >= options.deliveryLimit()) {
                    // The broker counts every delivery: one more would be one too many for a record not at fault.
                    return false;
                }
                inFlight.decide(record, RELEASE);
                return true;
            }
        };
    }
}
