package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatientCodecTest {

    private static final byte[] UNKNOWN_SCHEMA = {0, 0, 0, 0, 1, 2};

    private final RecordCodec down =
            new RecordCodec(Map.of("schema.registry.url", "http://127.0.0.1:1", "max.retries", 0));

    @AfterEach
    void close() {
        down.close();
    }

    @Test
    void givesUpAfterTheDeadline() {
        var codec = new PatientCodec(down, Duration.ofMillis(1));
        long begin = System.nanoTime();

        assertThatThrownBy(() -> codec.decode(TopicCatalog.ACTIONS, UNKNOWN_SCHEMA))
                .isInstanceOf(RegistryUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(90));
    }

    @Test
    void closingEndsTheWait() {
        var codec = new PatientCodec(down, Duration.ofDays(1));
        codec.close();

        assertThatThrownBy(() -> codec.decode(TopicCatalog.ACTIONS, UNKNOWN_SCHEMA))
                .isInstanceOf(RegistryUnavailableException.class);
    }
}
