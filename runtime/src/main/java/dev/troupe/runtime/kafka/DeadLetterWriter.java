package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.KafkaMeters.DEAD_LETTERS;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes dead letters and returns only when they are safe; the original may be rejected after that. */
final class DeadLetterWriter {

    private static final Logger LOGGER = LoggerFactory.getLogger(DeadLetterWriter.class);

    /** Longer than the producer's own delivery timeout, so that its reason comes first. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    private final Producer<byte[], byte[]> producer;
    private final String stage;
    private final MeterRegistry meters;
    private final Outage outage = new Outage(LOGGER, "dead-letters topic", InstantSource.system());

    DeadLetterWriter(Producer<byte[], byte[]> producer, String stage, MeterRegistry meters) {
        this.producer = producer;
        this.stage = stage;
        this.meters = meters;
    }

    void write(
            ConsumerRecord<byte[], byte[]> original, DeadLetterReason reason, String message, @Nullable Throwable cause)
            throws InterruptedException {
        ProducerRecord<byte[], byte[]> letter = DeadLetters.record(original, reason, stage, message, cause);
        while (true) {
            try {
                producer.send(letter).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                break;
            } catch (ExecutionException | TimeoutException | KafkaException e) {
                if (e instanceof org.apache.kafka.common.errors.InterruptException) {
                    throw interrupted();
                }
                Optional<ProducerRecord<byte[], byte[]>> smaller =
                        isTooLarge(e) ? DeadLetters.smaller(letter) : Optional.empty();
                if (smaller.isPresent()) {
                    letter = smaller.get();
                } else {
                    AdminCalls.pause(outage.failed(e.toString()));
                }
            }
        }
        outage.over();
        meters.counter(DEAD_LETTERS, "stage", stage, "reason", reason.tag()).increment();
        LOGGER.atWarn()
                .addKeyValue("topic", original.topic())
                .addKeyValue("partition", original.partition())
                .addKeyValue("offset", original.offset())
                .addKeyValue("reason", reason.tag())
                .addKeyValue("error", message)
                .log("record set aside as a dead letter");
    }

    private static boolean isTooLarge(Exception e) {
        return e instanceof RecordTooLargeException || e.getCause() instanceof RecordTooLargeException;
    }

    private static InterruptedException interrupted() {
        // Kafka's unchecked InterruptException leaves the flag set; the checked one stands for it.
        boolean cleared = Thread.interrupted();
        return new InterruptedException("interrupted while a dead letter was written, flag was set: " + cleared);
    }
}
