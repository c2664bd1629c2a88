package dev.troupe.cli.bench.stream;

import static dev.troupe.schemas.TopicCatalog.STEPS;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Notes when each step can be read, and how long after the episode's last turn was dealt and its last action sent. */
final class StepWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration JOIN = Duration.ofSeconds(10);

    private final KafkaClients clients;
    private final Consumer<byte[], byte[]> consumer;
    private final Map<String, Long> dealt = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Double> fromTurn = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Double> fromAction = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile String failure = "";

    StepWatch(KafkaClients clients) {
        this.clients = clients;
        this.consumer = BenchTopics.readFromEnd(clients, "bench-steps", List.of(STEPS.name()));
        this.thread = Thread.ofPlatform().name("bench-steps").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** @param dealtAt epoch ms, the turn record's timestamp */
    void played(Turn turn, long dealtAt) {
        dealt.merge(key(turn.getTaskId(), turn.getEpisode()), dealtAt, Math::max);
    }

    private void run() {
        while (!closing) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                seen(record, System.currentTimeMillis());
            }
        }
    }

    private void seen(ConsumerRecord<byte[], byte[]> record, long now) {
        Step step;
        try {
            step = clients.codec().decode(STEPS, record.value());
        } catch (MalformedRecordException e) {
            failure = "a step cannot be read: " + e.getMessage();
            return;
        }
        long sent = step.getJoint().getLast().stream()
                .mapToLong(Action::getFinishedAt)
                .max()
                .orElse(now);
        fromAction.add((double) (now - sent));
        Long dealtAt = dealt.remove(key(step.getTask().getTaskId(), step.getEpisode()));
        if (dealtAt != null) {
            fromTurn.add((double) (now - dealtAt));
        }
    }

    private static String key(String taskId, int episode) {
        return taskId + "/" + episode;
    }

    /** From the turn that was dealt last, its record's timestamp, to the step. */
    Latencies fromTurn() throws IOException {
        return of(fromTurn);
    }

    /** From the action that was sent last, handed to the producer, to the step. */
    Latencies fromAction() throws IOException {
        return of(fromAction);
    }

    private Latencies of(ConcurrentLinkedQueue<Double> millis) throws IOException {
        if (!failure.isEmpty() || millis.isEmpty()) {
            throw new IOException(failure.isEmpty() ? "no step was seen" : failure);
        }
        return Latencies.of(millis);
    }

    @Override
    public void close() {
        closing = true;
        try {
            if (!thread.join(JOIN)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
    }
}
