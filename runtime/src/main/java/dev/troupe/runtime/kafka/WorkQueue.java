package dev.troupe.runtime.kafka;

import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker of a group: takes records of a topic, has them handled, and has them count as done when the handler
 * returns. Delivery is at least once.
 *
 * <p>One thread polls and keeps what it took, so that work may take as long as it needs; another does the work. A
 * record that cannot be decoded, has another key than its value names, or fails as often as it may, becomes a dead
 * letter; its neighbours go on. Outages are waited for. {@link #close()} gives what is in flight to other workers. How
 * the workers share the topic is the {@linkplain QueueProtocol protocol's} matter.
 */
public final class WorkQueue<T extends SpecificRecord> implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(WorkQueue.class);
    private static final Duration CLOSE = Duration.ofSeconds(6);

    /** Joins the group, for one membership. */
    @FunctionalInterface
    interface Group {
        QueueMember join(Hands hands);
    }

    /** What a queue is made of; tests give their own. */
    record Parts(String name, String group, Group members, Producer<byte[], byte[]> producer, MeterRegistry meters) {}

    private final Parts parts;
    private final Outage pollOutage = new Outage(LOGGER, "work from the broker", InstantSource.system());
    private final Outage workOutage = new Outage(LOGGER, "work that goes through", InstantSource.system());
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final Thread poller;
    private final ExecutorService thread;
    private final Hands hands;
    private volatile boolean polling;

    /**
     * A queue; {@link #start()} begins the work.
     *
     * @param group its workers share the topic's records; the protocol makes the group's id of it
     */
    public static <T extends SpecificRecord> WorkQueue<T> of(
            KafkaClients clients, String group, Topic<T> topic, WorkQueueOptions options, BatchHandler<T> handler) {
        String id = options.protocol().groupId(group);
        String name = id + "-" + UUID.randomUUID().toString().substring(0, 8);
        MeterRegistry meters = clients.meters();
        Group members =
                switch (options.protocol()) {
                    case SHARE ->
                        hands -> new ShareMember(
                                clients.shareConsumer(name, id, options.maxBatch()),
                                id,
                                topic.name(),
                                options,
                                hands,
                                meters);
                    case CONSUMER ->
                        hands -> new GroupMember(
                                clients.groupConsumer(name, id, options),
                                id,
                                topic.name(),
                                options.maxBatch(),
                                hands,
                                meters,
                                InstantSource.system());
                };
        // Each letter is waited for, so there is never a second one to linger for.
        var letters = clients.producer(name + "-dead-letters", Map.of("linger.ms", 0));
        var parts = new Parts(name, id, members, letters, meters);
        return new WorkQueue<>(parts, topic, value -> clients.codec().decode(topic, value), options, handler);
    }

    WorkQueue(
            Parts parts,
            Topic<T> topic,
            BatchWorker.Decoder<T> decoder,
            WorkQueueOptions options,
            BatchHandler<T> handler) {
        this.parts = parts;
        var letters = new DeadLetterWriter(parts.producer(), parts.group(), parts.meters());
        this.poller = Thread.ofPlatform().name(parts.name() + "-poll").unstarted(this::run);
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(parts.name() + "-work").factory());
        this.hands = new Hands(
                parts.name(),
                new BatchWorker<>(topic, decoder, handler, letters, options.deliveryLimit()),
                thread,
                closing,
                parts.meters().timer(KafkaMeters.WORK_TIME, "group", parts.group()));
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
        thread.shutdownNow();
        parts.producer().close(Duration.ofSeconds(1));
    }

    private void run() {
        while (!closing.isDone()) {
            Outage outage = pollOutage;
            try (QueueMember member = parts.members().join(hands)) {
                while (!closing.isDone()) {
                    outage = pollOutage;
                    member.poll();
                    polling = true;
                    pollOutage.over();
                    // Polls, empty ones of a new member above all, say nothing of work that fails every time.
                    outage = workOutage;
                    if (member.work()) {
                        workOutage.over();
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                polling = false;
                awaitClosing(outage.failed(e.toString()));
            }
        }
    }

    private void awaitClosing(Duration duration) {
        try {
            if (Hands.await(closing, duration)) {
                LOGGER.atDebug().addKeyValue("queue", parts.name()).log("closed while waiting");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closing.complete(null);
        }
    }
}
