package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker of a share group: takes records of a topic, has them handled, and acknowledges them when the handler
 * returns. Delivery is at least once.
 *
 * <p>One thread polls and keeps the locks (renewing them every third of the lock's time, so that work may take as long
 * as it needs); another does the work. A record that cannot be decoded, or fails as often as it may, becomes a dead
 * letter; its neighbours go on. Outages are waited for. {@link #close()} releases what is in flight to other workers.
 */
public final class WorkQueue<T> implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(WorkQueue.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(1);
    private static final Duration CONSUMER_CLOSE = Duration.ofMillis(1500);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /** What a queue is made of; tests give their own. */
    record Parts(
            String name,
            String group,
            Supplier<ShareConsumer<byte[], byte[]>> consumers,
            Producer<byte[], byte[]> producer,
            MeterRegistry meters) {}

    private final Parts parts;
    private final String topic;
    private final WorkQueueOptions options;
    private final BatchWorker<T> worker;
    private final Outage outage = new Outage(LOGGER, "work from the broker", InstantSource.system());
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final Thread poller;
    private final ExecutorService hands;
    private volatile boolean polling;

    /**
     * A queue; {@link #start()} begins the work.
     *
     * @param groupId the share group, whose workers share the topic's records
     */
    public static <T extends SpecificRecord> WorkQueue<T> of(
            KafkaClients clients, String groupId, Topic<T> topic, WorkQueueOptions options, BatchHandler<T> handler) {
        String name = groupId + "-" + UUID.randomUUID().toString().substring(0, 8);
        var parts = new Parts(
                name,
                groupId,
                () -> clients.shareConsumer(name, groupId, options.maxBatch()),
                // Each letter is waited for, so there is never a second one to linger for.
                clients.producer(name + "-dead-letters", Map.of("linger.ms", 0)),
                clients.meters());
        return new WorkQueue<>(parts, topic.name(), value -> clients.codec().decode(topic, value), options, handler);
    }

    WorkQueue(
            Parts parts,
            String topic,
            BatchWorker.Decoder<T> decoder,
            WorkQueueOptions options,
            BatchHandler<T> handler) {
        this.parts = parts;
        this.topic = requireNonNull(topic, "topic is null");
        this.options = options;
        var letters = new DeadLetterWriter(parts.producer(), parts.group(), parts.meters());
        this.worker = new BatchWorker<>(decoder, handler, letters, options.deliveryLimit());
        this.poller = Thread.ofPlatform().name(parts.name() + "-poll").unstarted(this::run);
        this.hands = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(parts.name() + "-work").factory());
    }

    @Override
    public String name() {
        return parts.name();
    }

    @Override
    public void start() {
        poller.start();
    }

    @Override
    public boolean live() {
        return poller.isAlive();
    }

    @Override
    public boolean ready() {
        return live() && polling;
    }

    @Override
    public void close() {
        closing.complete(null);
        try {
            if (poller.getState() != Thread.State.NEW && !poller.join(CLOSE)) {
                LOGGER.atError().addKeyValue("queue", parts.name()).log("the polling thread did not end in time");
                poller.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            poller.interrupt();
        }
        hands.shutdownNow();
        parts.producer().close(Duration.ofSeconds(1));
    }

    private void run() {
        while (!closing.isDone()) {
            try {
                consume();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                // The consumer's state is unknown after any failure; a new one starts from the broker's.
                polling = false;
                awaitClosing(outage.failed(e.toString()));
            }
        }
    }

    private void consume() throws InterruptedException {
        ShareConsumer<byte[], byte[]> consumer = parts.consumers().get();
        try {
            consumer.subscribe(List.of(topic));
            while (!closing.isDone()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                polling = true;
                outage.over();
                if (!records.isEmpty()) {
                    work(consumer, new InFlight(consumer, records, parts.group(), parts.meters()));
                }
            }
        } finally {
            close(consumer);
        }
    }

    private void work(ShareConsumer<byte[], byte[]> consumer, InFlight inFlight) throws InterruptedException {
        long started = System.nanoTime();
        var done = new CompletableFuture<Void>();
        Future<?> job = hands.submit(() -> runWorker(inFlight, done));
        Duration renewal = lock(consumer).dividedBy(3);
        while (!await(CompletableFuture.anyOf(done, closing), renewal)) {
            inFlight.renew();
        }
        if (!done.isDone()) {
            job.cancel(true);
            if (!await(done, INTERRUPT_GRACE)) {
                LOGGER.atWarn().addKeyValue("queue", parts.name()).log("the handler does not heed its interrupt");
            }
        }
        inFlight.settle();
        parts.meters()
                .timer(KafkaMeters.WORK_TIME, "group", parts.group())
                .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        if (done.isCompletedExceptionally()) {
            awaitClosing(outage.failed("the queue's own work failed; see the error before"));
        }
    }

    private void runWorker(InFlight inFlight, CompletableFuture<Void> done) {
        try {
            worker.work(inFlight.records(), inFlight::decide);
            done.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done.complete(null);
        } catch (RuntimeException | Error e) {
            LOGGER.atError().setCause(e).addKeyValue("queue", parts.name()).log("the queue's own work failed");
            done.completeExceptionally(e);
        }
    }

    private Duration lock(ShareConsumer<byte[], byte[]> consumer) {
        Duration asked = options.lock();
        return consumer.acquisitionLockTimeoutMs()
                .map(Duration::ofMillis)
                .filter(told -> told.compareTo(asked) < 0)
                .orElse(asked);
    }

    private void awaitClosing(Duration duration) {
        try {
            if (await(closing, duration)) {
                LOGGER.atDebug().addKeyValue("queue", parts.name()).log("closed while waiting");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closing.complete(null);
        }
    }

    /** Whether it ended, in whatever way, within the time. */
    private static boolean await(CompletableFuture<?> end, Duration duration) throws InterruptedException {
        try {
            end.get(duration.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException _) {
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    private void close(ShareConsumer<byte[], byte[]> consumer) {
        try {
            consumer.close(CONSUMER_CLOSE);
        } catch (KafkaException e) {
            LOGGER.atWarn()
                    .addKeyValue("queue", parts.name())
                    .addKeyValue("error", e.toString())
                    .log("the consumer did not close cleanly; its locks end by themselves");
        }
    }
}
