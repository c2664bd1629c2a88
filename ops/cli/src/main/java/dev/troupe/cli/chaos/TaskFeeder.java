package dev.troupe.cli.chaos;

import dev.troupe.cli.chaos.TaskMix.Feed;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Feeds tasks bit by bit, as a user would, while the broker comes and goes. */
final class TaskFeeder implements AutoCloseable {

    /** Longer than the producer tries by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final Producer<byte[], byte[]> producer;
    private final List<Feed> records;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    TaskFeeder(KafkaClients clients, List<Feed> records) {
        this.producer = clients.producer("troupe-chaos-feed", Map.of());
        this.records = List.copyOf(records);
    }

    /**
     * Sends until so many of all records are on their way.
     *
     * @return how many of those that were sent now must be played
     */
    int upTo(int count) {
        int good = 0;
        while (sent.size() < Math.min(count, records.size())) {
            Feed next = records.get(sent.size());
            sent.add(producer.send(next.record()));
            good += next.good() ? 1 : 0;
        }
        return good;
    }

    int sent() {
        return sent.size();
    }

    /** Records that must become dead letters, among all. */
    int bad() {
        return (int) records.stream().filter(feed -> !feed.good()).count();
    }

    /**
     * Waits until the broker has all of them.
     *
     * @return the places in the log that it has answered with; fewer than were sent when it has lost one
     * @throws IOException when one was not taken
     */
    int awaitTaken() throws IOException, InterruptedException {
        var places = new HashSet<Origin>();
        for (Future<RecordMetadata> one : sent) {
            try {
                RecordMetadata at = one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                places.add(new Origin(at.topic(), at.partition(), at.offset()));
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("a task was not taken by the broker: " + e, e);
            }
        }
        return places.size();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
