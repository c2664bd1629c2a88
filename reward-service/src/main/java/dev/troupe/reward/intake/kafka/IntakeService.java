package dev.troupe.reward.intake.kafka;

import dev.troupe.reward.intake.RecordCheck;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Outage;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics whose other readers leave out what they cannot read, and makes each bad record one dead letter.
 * Tasks and their events are the coordinator's, turns and steps the work queues'.
 *
 * <p>Any number of them share the partitions as one consumer group. Outages of broker and registry are waited for.
 */
public final class IntakeService implements Service {

    static final String GROUP = "troupe-intake";

    static final List<Topic<?>> TOPICS = List.of(
            TopicCatalog.EPISODES,
            TopicCatalog.RESCORED_EPISODES,
            TopicCatalog.EPISODE_GROUPS,
            TopicCatalog.MODEL_VERSIONS,
            TopicCatalog.MODEL_ROUTES,
            TopicCatalog.MODEL_ACTIVATIONS,
            TopicCatalog.TRAINING_STEPS,
            TopicCatalog.EVALUATIONS,
            TopicCatalog.ALARMS);

    private static final Logger LOGGER = LoggerFactory.getLogger(IntakeService.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final RecordCheck check;
    /** Kept over outages, so that a new producer ends the transaction of the one before. */
    private final String instance = GROUP + "-" + UUID.randomUUID();

    private final Outage outage = new Outage(LOGGER, "broker and schema registry", InstantSource.system());
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable IntakeSession current;
    private volatile boolean reading;

    public IntakeService(KafkaClients clients) {
        this.clients = clients;
        this.check = new RecordCheck(clients.codec());
        this.thread = Thread.ofPlatform().name(GROUP).unstarted(this::run);
    }

    @Override
    public String name() {
        return "intake";
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public boolean live() {
        return thread.isAlive();
    }

    @Override
    public boolean ready() {
        return live() && reading;
    }

    /** A batch that is not committed yet is read again by whoever takes the partitions over. */
    @Override
    public void close() {
        closing.countDown();
        IntakeSession session = current;
        if (session != null) {
            session.wakeup();
        }
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(CLOSE)) {
                thread.interrupt();
                if (!thread.join(CLOSE)) {
                    LOGGER.atError().addKeyValue("service", name()).log("the intake's thread did not end in time");
                }
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean pending = false;
        while (closing.getCount() > 0) {
            try (var session = new IntakeSession(clients, instance, check)) {
                current = session;
                session.open();
                while (closing.getCount() > 0) {
                    boolean done = session.round();
                    // That nothing came yet does not end the outage in which a batch failed.
                    if (done || !pending) {
                        pending = false;
                        reading = true;
                        outage.over();
                    }
                }
            } catch (WakeupException _) {
                LOGGER.atDebug().addKeyValue("service", name()).log("woken up to close");
            } catch (InterruptException _) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                // What was not committed is aborted, and read again by the next session.
                pending = true;
                reading = false;
                if (!pause(outage.failed(e.toString()))) {
                    return;
                }
            } finally {
                current = null;
            }
        }
    }

    private boolean pause(Duration duration) {
        try {
            return !closing.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
