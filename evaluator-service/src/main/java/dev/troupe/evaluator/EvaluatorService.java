package dev.troupe.evaluator;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.RetryLaterException;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds held-out tasks for due model versions through the same pipeline as everyone's tasks, and publishes what the
 * episodes add up to on {@code evaluations}. An evaluation that a crash cut off starts again under new task ids.
 */
public final class EvaluatorService implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(EvaluatorService.class);
    private static final Duration START = Duration.ofSeconds(60);
    /** To read what was played and published in the last 30 days. */
    private static final Duration CAUGHT_UP = Duration.ofMinutes(10);

    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofMillis(250);

    private final KafkaClients clients;
    private final Evaluator evaluator;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<TopicReader<?>> readers;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean ready;
    private volatile @Nullable TopicWriter writer;

    public EvaluatorService(Settings settings, KafkaClients clients, MeterRegistry meters) {
        this.clients = clients;
        this.evaluator = new Evaluator(
                EvaluatorOptions.from(settings),
                InstantSource.system(),
                () -> UUID.randomUUID().toString().substring(0, 8),
                this::feed,
                this::publish,
                this::raise,
                new EvaluatorMetrics(meters));
        this.readers = List.of(
                new TopicReader<>(
                        clients,
                        name(),
                        TopicCatalog.MODEL_VERSIONS,
                        record -> events.add(new Event.Published(record.value()))),
                new TopicReader<>(
                        clients,
                        name(),
                        TopicCatalog.EVALUATIONS,
                        record -> events.add(new Event.Evaluated(record.value()))),
                new TopicReader<>(
                        clients, name(), TopicCatalog.ALARMS, record -> events.add(new Event.Raised(record.value()))),
                new TopicReader<>(clients, name(), TopicCatalog.EPISODES, record -> {
                    if (record.value().getPurpose() == Purpose.EVALUATE) {
                        events.add(new Event.Ended(record.value()));
                    }
                }));
        this.thread = Thread.ofPlatform().name(name()).unstarted(this::run);
    }

    @Override
    public String name() {
        return "evaluator";
    }

    @Override
    public void start() {
        try {
            TopicProvisioner.verify(clients, START);
            writer = new TopicWriter(clients, name());
            readers.forEach(TopicReader::start);
            for (TopicReader<?> reader : readers) {
                // What is already evaluated or said must be known before anything is started.
                if (!reader.awaitCaughtUp(CAUGHT_UP)) {
                    throw new IllegalStateException(
                            "%s did not reach the end of its topic in %s".formatted(reader.name(), CAUGHT_UP));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
        thread.start();
        ready = true;
    }

    @Override
    public boolean live() {
        return thread.isAlive() && readers.stream().allMatch(TopicReader::live);
    }

    @Override
    public boolean ready() {
        return ready && live();
    }

    @Override
    public void close() {
        ready = false;
        closing.countDown();
        thread.interrupt();
        readers.forEach(TopicReader::close);
        try {
            // A start that failed or was cut off has not started it.
            if (thread.isAlive() && !thread.join(CLOSE)) {
                LOGGER.atError().log("the evaluator's thread did not end in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        TopicWriter open = writer;
        if (open != null) {
            open.close();
        }
    }

    private void run() {
        while (closing.getCount() > 0) {
            try {
                Event event = events.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
                for (; event != null; event = events.poll()) {
                    evaluator.on(event);
                }
                evaluator.advance();
            } catch (InterruptedException | Interrupted _) {
                return;
            }
        }
    }

    private void feed(List<Task> tasks) {
        send(() -> {
            var sent = new ArrayList<CompletableFuture<Origin>>();
            for (Task task : tasks) {
                sent.add(open().send(TopicCatalog.TASKS, task.getTaskId(), task));
            }
            TopicWriter.await(sent);
        });
    }

    private void publish(Evaluation evaluation) {
        send(() -> TopicWriter.await(
                List.of(open().send(TopicCatalog.EVALUATIONS, evaluation.getBenchmark(), evaluation))));
    }

    private void raise(Alarm alarm) {
        send(() -> TopicWriter.await(List.of(open().send(TopicCatalog.ALARMS, alarm.getAlarm(), alarm))));
    }

    /**
     * Until it is sent: a broker or registry that is away comes back. Sent twice, a task is a duplicate and ignored.
     */
    private void send(Sending sending) {
        while (true) {
            try {
                sending.send();
                return;
            } catch (RetryLaterException | RegistryUnavailableException e) {
                LOGGER.atWarn().addKeyValue("error", e.getMessage()).log("waiting for the cluster to take a record");
                try {
                    if (closing.await(1, TimeUnit.SECONDS)) {
                        throw new Interrupted();
                    }
                } catch (InterruptedException _) {
                    throw new Interrupted();
                }
            } catch (InterruptedException _) {
                throw new Interrupted();
            }
        }
    }

    private TopicWriter open() {
        TopicWriter open = writer;
        if (open == null) {
            throw new IllegalStateException("the evaluator has not been started");
        }
        return open;
    }

    @FunctionalInterface
    private interface Sending {
        void send() throws InterruptedException;
    }

    /** Leaves the loop from within a callback when the service closes. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
