package dev.troupe.cli.bench.swap;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Announces versions, and hears from the agent what became of each. */
final class Announcements implements AutoCloseable {

    private final TopicWriter writer;
    private final LinkedBlockingQueue<ModelActivation> heard = new LinkedBlockingQueue<>();
    private final TopicReader<ModelActivation> activations;

    Announcements(KafkaClients clients) {
        this.writer = new TopicWriter(clients, "bench-versions");
        this.activations = new TopicReader<>(
                clients, "bench-versions", TopicCatalog.MODEL_ACTIVATIONS, record -> heard.add(record.value()));
    }

    void start() {
        activations.start();
    }

    /**
     * Announces a version and waits for the word on it.
     *
     * @throws IOException when none came, or one on another version
     */
    ModelActivation announce(ModelVersion version, Duration atMost) throws IOException, InterruptedException {
        TopicWriter.await(List.of(writer.send(TopicCatalog.MODEL_VERSIONS, version.getPolicyId(), version)));
        ModelActivation word = heard.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (word == null || word.getVersion() != version.getVersion()) {
            throw new IOException("within %d s the agent said of version %d: %s"
                    .formatted(atMost.toSeconds(), version.getVersion(), word == null ? "nothing" : word));
        }
        return word;
    }

    @Override
    public void close() {
        activations.close();
        writer.close();
    }
}
