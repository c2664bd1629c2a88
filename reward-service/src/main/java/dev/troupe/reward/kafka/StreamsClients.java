package dev.troupe.reward.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own clients for Kafka Streams, with a producer whose commits never stay undecided.
 *
 * <p>When a commit times out because the broker is away for longer than {@code max.block.ms}, Streams 4.3.1 keeps the
 * task and its producer: aborting is illegal while a commit is pending, so the cleanup stops half way, the emptied
 * stores keep the changelog offsets of before, nothing is restored, and the pending transaction is committed later by
 * itself. Here such a timeout says that the producer has lost its epoch. Streams then drops all tasks, opens the
 * transactional id anew, which decides the transaction, and reads stores and offsets as the broker has them.
 */
public final class StreamsClients implements KafkaClientSupplier {

    private static final Logger LOGGER = LoggerFactory.getLogger(StreamsClients.class);
    private static final Duration PRODUCER_CLOSED_WITHIN = Duration.ofSeconds(5);

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new DecidedProducer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return getConsumer(config);
    }

    private static final class DecidedProducer extends KafkaProducer<byte[], byte[]> {

        DecidedProducer(Map<String, Object> config) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            try {
                super.sendOffsetsToTransaction(offsets, group);
            } catch (TimeoutException e) {
                throw undecided(e);
            }
        }

        @Override
        public void commitTransaction() {
            try {
                super.commitTransaction();
            } catch (TimeoutException e) {
                throw undecided(e);
            }
        }

        private static InvalidProducerEpochException undecided(TimeoutException timeout) {
            LOGGER.atWarn()
                    .addKeyValue("waitingFor", "broker")
                    .addKeyValue("error", timeout.getMessage())
                    .log("a commit is undecided, the tasks start over from what the broker has");
            var exception = new InvalidProducerEpochException("the commit timed out: " + timeout.getMessage());
            exception.initCause(timeout);
            return exception;
        }

        /** Streams closes without a limit, which would last as long as the outage. */
        @Override
        public void close() {
            close(PRODUCER_CLOSED_WITHIN);
        }
    }
}
