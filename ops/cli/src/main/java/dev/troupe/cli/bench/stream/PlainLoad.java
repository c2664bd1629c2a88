package dev.troupe.cli.bench.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes plain records of 1 KB to one topic while it reads from another until as many have come. */
final class PlainLoad implements AutoCloseable {

    private static final int BYTES = 1024;
    private static final int PAYLOADS = 256;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final String name;
    private final String to;
    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final byte[][] payloads = new byte[PAYLOADS][];
    private final ExecutorService writer;

    PlainLoad(KafkaClients clients, String name, String to, String from) {
        this.name = name;
        this.to = to;
        this.producer = clients.producer(client(name), Map.of());
        this.consumer = BenchTopics.readFromEnd(clients, client(name), List.of(from));
        this.writer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("writer-" + name).factory());
        var random = new SplittableRandom(1);
        for (int i = 0; i < PAYLOADS; i++) {
            // Half text, half noise: compresses about as well as actions do.
            byte[] payload = new byte[BYTES];
            random.nextBytes(payload);
            for (int at = 0; at < BYTES / 2; at++) {
                payload[at] = (byte) ('a' + (payload[at] & 15));
            }
            payloads[i] = payload;
        }
    }

    /** Ends with the lane's name, so that it is not taken for a thread of an application of that name. */
    static String client(String name) {
        return "load-" + name;
    }

    void send(int count) throws IOException, InterruptedException {
        Future<?> writing = writer.submit(() -> write(count));
        long seen = 0;
        var patience = new Patience(name, count);
        while (patience.waits(seen)) {
            seen += consumer.poll(POLL).count();
        }
        try {
            writing.get();
        } catch (ExecutionException e) {
            throw new IOException(name + ": cannot write: " + e.getCause(), e);
        }
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            // A record that is lost stalls the reader, which says so.
            Future<RecordMetadata> _ = producer.send(
                    new ProducerRecord<>(to, Integer.toString(i).getBytes(UTF_8), payloads[i % PAYLOADS]));
        }
        producer.flush();
    }

    @Override
    public void close() {
        writer.shutdownNow();
        consumer.close();
        producer.close(CLOSE);
    }
}
