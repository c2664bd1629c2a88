package dev.troupe.reward.coordinator;

import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.Topic;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A codec that waits for a schema registry that does not answer: an outage is no record's fault, so it must never make
 * a dead letter. After the deadline the exception goes to the stream thread, which starts over from the last commit.
 *
 * <p>Closing ends all waits, so that a service can stop while its registry is away. The codec itself stays open.
 */
public final class PatientCodec implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(PatientCodec.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final RecordCodec codec;
    private final Duration deadline;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param deadline how long one record waits */
    public PatientCodec(RecordCodec codec, Duration deadline) {
        this.codec = codec;
        this.deadline = deadline;
    }

    <T extends SpecificRecord> byte[] encode(Topic<T> topic, T value) {
        long pause = FIRST_PAUSE_MILLIS;
        long waited = 0;
        while (true) {
            try {
                return codec.encode(topic, value);
            } catch (RegistryUnavailableException e) {
                pause(e, pause, waited);
                waited += pause;
                pause = longer(pause);
            }
        }
    }

    <T extends SpecificRecord> T decode(Topic<T> topic, byte[] bytes) throws MalformedRecordException {
        long pause = FIRST_PAUSE_MILLIS;
        long waited = 0;
        while (true) {
            try {
                return codec.decode(topic, bytes);
            } catch (RegistryUnavailableException e) {
                pause(e, pause, waited);
                waited += pause;
                pause = longer(pause);
            }
        }
    }

    private void pause(RegistryUnavailableException outage, long pause, long waited) {
        if (waited >= deadline.toMillis()) {
            throw outage;
        }
        LOGGER.atWarn()
                .addKeyValue("waitingFor", "schema registry")
                .addKeyValue("reason", outage.getMessage())
                .addKeyValue("waitedMillis", waited)
                .log("waiting");
        try {
            if (closed.await(pause, TimeUnit.MILLISECONDS)) {
                throw outage;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw outage;
        }
    }

    private static long longer(long pause) {
        return Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
