package dev.troupe.reward.rescore.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.REFUSED;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Publishes re-judged episodes of one run, each with the header that says which run it was. */
public final class RescoredWriter implements AutoCloseable {

    /** JSON: the run's id, the environment whose episodes these are, the judge and the changed weights. */
    public static final String HEADER = "__troupe.rescore";

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final KafkaClients clients;
    private final String provenance;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** @param provenance value of {@link #HEADER} */
    public RescoredWriter(KafkaClients clients, String clientId, String provenance) {
        this.producer = clients.producer(clientId, Map.of());
        this.clients = clients;
        this.provenance = provenance;
    }

    /**
     * Sends without waiting.
     *
     * @throws ClusterException when an earlier record was not taken
     */
    public void send(Episode episode) {
        check();
        byte[] value = clients.codec().encode(TopicCatalog.RESCORED_EPISODES, episode);
        var record = new ProducerRecord<>(
                TopicCatalog.RESCORED_EPISODES.name(), episode.getTaskId().getBytes(UTF_8), value);
        record.headers().add(HEADER, provenance.getBytes(UTF_8));
        try {
            // The callback tells the same as this future, without a thread that waits.
            Future<RecordMetadata> _ = producer.send(record, (_, error) -> {
                if (error != null) {
                    failure.compareAndSet(null, error);
                }
            });
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
            check();
        }
    }

    /**
     * Waits until the cluster has all that was sent, as long as the producer tries ({@code delivery.timeout.ms}).
     *
     * @throws ClusterException when it does not take one
     */
    public void flush() {
        producer.flush();
        check();
    }

    private void check() {
        Exception error = failure.get();
        if (error != null) {
            throw new ClusterException(
                    REFUSED,
                    "the cluster did not take a re-judged episode: %s; what it took before stays, under %s"
                            .formatted(error, provenance),
                    error);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
