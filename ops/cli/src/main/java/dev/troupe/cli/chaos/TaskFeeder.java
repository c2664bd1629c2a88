package dev.troupe.cli.chaos;

import dev.troupe.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Feeds tasks bit by bit, as a user would, while the broker comes and goes. */
final class TaskFeeder implements AutoCloseable {

    /** Longer than the producer tries by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final Producer<byte[], byte[]> producer;
    private final List<ProducerRecord<byte[], byte[]>> records;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    TaskFeeder(KafkaClients clients, List<ProducerRecord<byte[], byte[]>> records) {
        this.producer = clients.producer("troupe-chaos-feed", Map.of());
        this.records = List.copyOf(records);
    }

    /** Sends until so many of all records are on their way. */
    void upTo(int count) {
        while (sent.size() < Math.min(count, records.size())) {
            sent.add(producer.send(records.get(sent.size())));
        }
    }

    int sent() {
        return sent.size();
    }

    /** Waits until the broker has all of them. @throws IOException when one was not taken */
    void awaitTaken() throws IOException, InterruptedException {
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("a task was not taken by the broker: " + e, e);
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
