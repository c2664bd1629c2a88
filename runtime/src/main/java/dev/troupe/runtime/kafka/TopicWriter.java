package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** Writes records of any topic of the catalogue, outside transactions. Safe for use by many threads. */
public final class TopicWriter implements AutoCloseable {

    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;
    private final RecordCodec codec;

    public TopicWriter(KafkaClients clients, String clientId) {
        this(clients.producer(clientId, Map.of()), clients.codec());
    }

    TopicWriter(Producer<byte[], byte[]> producer, RecordCodec codec) {
        this.producer = producer;
        this.codec = codec;
    }

    /**
     * Sends a record; the future ends when all replicas have it, or with Kafka's exception.
     *
     * @throws RegistryUnavailableException when it cannot be encoded now
     */
    public <T extends SpecificRecord> CompletableFuture<Origin> send(Topic<T> topic, String key, T value) {
        var record = new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), codec.encode(topic, value));
        var sent = new CompletableFuture<Origin>();
        try {
            // The callback tells the same as this future, at once and without a thread that waits.
            Future<RecordMetadata> _ = producer.send(record, (metadata, error) -> {
                if (error != null) {
                    sent.completeExceptionally(error);
                } else {
                    sent.complete(new Origin(metadata.topic(), metadata.partition(), metadata.offset()));
                }
            });
        } catch (KafkaException e) {
            sent.completeExceptionally(e);
        }
        return sent;
    }

    /**
     * Waits until all are safe; for use in a {@link BatchHandler}, before it returns.
     *
     * @throws UnprocessableException when a record is too large
     * @throws RetryLaterException when the broker did not take one for another reason
     */
    public static void await(List<CompletableFuture<Origin>> sent) throws InterruptedException {
        for (CompletableFuture<Origin> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (cause instanceof RecordTooLargeException) {
                    throw new UnprocessableException(
                            DeadLetterReason.TOO_LARGE, String.valueOf(cause.getMessage()), cause);
                }
                throw new RetryLaterException("the broker did not take a record: " + cause, RETRY_DELAY, cause);
            }
        }
    }

    /** Sends what is buffered and closes. */
    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
