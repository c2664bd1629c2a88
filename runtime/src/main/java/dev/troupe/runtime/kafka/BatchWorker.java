package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The working side of a queue: decodes, hands to the handler, decides what becomes of each record. Runs on one thread,
 * while another keeps the records.
 */
final class BatchWorker<T extends SpecificRecord> {

    private static final Logger LOGGER = LoggerFactory.getLogger(BatchWorker.class);

    /** Doubled with each delivery, so that a fault of a few seconds does not use up all of them. */
    private static final Duration FIRST_DELAY = Duration.ofMillis(100);

    /** Before work is tried again whose answer cannot be encoded, for want of the registry. */
    private static final Duration REGISTRY_DELAY = Duration.ofSeconds(1);

    /** Bytes to a value. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(byte[] value) throws MalformedRecordException;
    }

    private record Delivery<T>(ConsumerRecord<byte[], byte[]> record, T value) {}

    private final Topic<T> topic;
    private final Decoder<T> decoder;
    private final BatchHandler<T> handler;
    private final DeadLetterWriter letters;
    private final int deliveryLimit;
    private final Outage registryOutage = new Outage(LOGGER, "schema registry", InstantSource.system());

    BatchWorker(
            Topic<T> topic, Decoder<T> decoder, BatchHandler<T> handler, DeadLetterWriter letters, int deliveryLimit) {
        this.topic = topic;
        this.decoder = decoder;
        this.handler = handler;
        this.letters = letters;
        this.deliveryLimit = deliveryLimit;
    }

    /** Works on the batch; tells each record's verdict as soon as it is known. */
    void work(List<ConsumerRecord<byte[], byte[]>> records, Verdicts verdicts) throws InterruptedException {
        var batch = new ArrayList<Delivery<T>>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                batch.add(new Delivery<>(record, decode(record)));
            } catch (UnprocessableException e) {
                setAside(record, e.reason(), e, verdicts);
            }
        }
        if (batch.size() > 1 && handledTogether(batch)) {
            batch.forEach(delivery -> verdicts.done(delivery.record()));
            return;
        }
        for (Delivery<T> delivery : batch) {
            workOn(delivery, verdicts);
        }
    }

    private T decode(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        if (deliveries(record) > deliveryLimit) {
            throw new UnprocessableException(
                    DeadLetterReason.DELIVERY_LIMIT,
                    "delivered %d times without a verdict: its workers died or lost their lock"
                            .formatted(deliveries(record) - 1));
        }
        if (record.value() == null) {
            throw new UnprocessableException(DeadLetterReason.MALFORMED, "the record has no value");
        }
        while (true) {
            try {
                T value = decoder.decode(record.value());
                registryOutage.over();
                checkKey(record.key(), value);
                return value;
            } catch (MalformedRecordException e) {
                throw new UnprocessableException(DeadLetterReason.MALFORMED, message(e), e);
            } catch (RegistryUnavailableException e) {
                AdminCalls.pause(registryOutage.failed(message(e)));
            }
        }
    }

    /** What is answered goes by the value's key and would be in another partition than the rest of its task. */
    private void checkKey(byte @Nullable [] key, T value) {
        String named = topic.keyOf(value);
        if (key == null || !named.equals(new String(key, UTF_8))) {
            throw new UnprocessableException(
                    DeadLetterReason.WRONG_KEY,
                    "the record key is %s, the %s '%s'; produce with key = %s"
                            .formatted(
                                    key == null ? "missing" : "'" + new String(key, UTF_8) + "'",
                                    topic.key(),
                                    named,
                                    topic.key()));
        }
    }

    private boolean handledTogether(List<Delivery<T>> batch) throws InterruptedException {
        try {
            handler.handle(batch.stream().map(Delivery::value).toList());
            return true;
        } catch (RuntimeException | Error e) {
            stopIfInterrupted(e);
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("records", batch.size())
                    .log("a batch failed; its records are tried one by one");
            return false;
        }
    }

    private void workOn(Delivery<T> delivery, Verdicts verdicts) throws InterruptedException {
        ConsumerRecord<byte[], byte[]> record = delivery.record();
        while (true) {
            try {
                handler.handle(List.of(delivery.value()));
                verdicts.done(record);
                return;
            } catch (UnprocessableException e) {
                setAside(record, e.reason(), e, verdicts);
                return;
            } catch (RetryLaterException | RegistryUnavailableException e) {
                stopIfInterrupted(e);
                log(record, e, "work is retried later");
                Duration delay = e instanceof RetryLaterException later ? later.delay() : REGISTRY_DELAY;
                if (verdicts.postponed(record, delay)) {
                    return;
                }
            } catch (RuntimeException | Error e) {
                stopIfInterrupted(e);
                fail(record, e, verdicts);
                return;
            }
        }
    }

    private void fail(ConsumerRecord<byte[], byte[]> record, Throwable e, Verdicts verdicts)
            throws InterruptedException {
        LOGGER.atWarn()
                .setCause(e)
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("delivery", deliveries(record))
                .log("work failed");
        if (deliveries(record) >= deliveryLimit) {
            String message = "failed %d times, last with %s".formatted(deliveries(record), e);
            letters.write(record, DeadLetterReason.DELIVERY_LIMIT, message, e);
            verdicts.setAside(record);
        } else {
            verdicts.failed(record, FIRST_DELAY.multipliedBy(1L << Math.min(deliveries(record) - 1, 5)));
        }
    }

    private void setAside(
            ConsumerRecord<byte[], byte[]> record, DeadLetterReason reason, Exception e, Verdicts verdicts)
            throws InterruptedException {
        letters.write(record, reason, message(e), e.getCause() == null ? e : e.getCause());
        verdicts.setAside(record);
    }

    /** Whatever is thrown by a handler that was interrupted, the work was not at fault. */
    private static void stopIfInterrupted(Throwable e) throws InterruptedException {
        if (Thread.interrupted()) {
            var stop = new InterruptedException("interrupted while working");
            stop.initCause(e);
            throw stop;
        }
    }

    /** How often the record was given to a worker, this time included. */
    static int deliveries(ConsumerRecord<?, ?> record) {
        return record.deliveryCount().map(Short::intValue).orElse(1);
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static void log(ConsumerRecord<?, ?> record, Exception e, String message) {
        LOGGER.atInfo()
                .addKeyValue("topic", record.topic())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", e.getMessage())
                .log(message);
    }
}
