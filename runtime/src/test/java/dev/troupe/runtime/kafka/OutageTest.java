package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class OutageTest {

    private final Outage outage = new Outage(NOPLogger.NOP_LOGGER, "x", InstantSource.fixed(Instant.EPOCH));

    @Test
    void waitsTwiceAsLongEachTimeUpToFiveSeconds() {
        assertThat(outage.failed("a")).hasMillis(100);
        assertThat(outage.failed("a")).hasMillis(200);
        assertThat(outage.failed("a")).hasMillis(400);
        for (int i = 0; i < 10; i++) {
            assertThat(outage.failed("a")).isLessThanOrEqualTo(Duration.ofSeconds(5));
        }
        assertThat(outage.failed("a")).hasSeconds(5);
    }

    @Test
    void startsAfreshAfterAnOutage() {
        Duration first = outage.failed("a");
        Duration second = outage.failed("a");
        outage.over();

        assertThat(outage.failed("a")).isEqualTo(first).isLessThan(second);
    }
}
