package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.slf4j.event.EventRecordingLogger;
import org.slf4j.event.SubstituteLoggingEvent;
import org.slf4j.helpers.SubstituteLogger;

class OutageTest {

    private final Queue<SubstituteLoggingEvent> log = new ArrayDeque<>();
    private Instant now = Instant.EPOCH;
    private final Outage outage = new Outage(
            new EventRecordingLogger(new SubstituteLogger("outage", log, false), log), "registry", () -> now);

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

    @Test
    void namesTheReasonAtMostEveryFiveSeconds() {
        for (int tenths = 0; tenths <= 110; tenths++) {
            now = Instant.EPOCH.plusMillis(100L * tenths);
            Duration wait = outage.failed("no answer");
            assertThat(wait).isPositive();
        }
        outage.over();

        assertThat(log)
                .extracting(SubstituteLoggingEvent::getMessage)
                .hasSize(4)
                .allMatch(message -> message.contains("waitingFor=registry"))
                .last()
                .asString()
                .endsWith("wait is over");
        assertThat(log.element().getMessage()).contains("reason=no answer");
    }

    @Test
    void saysNothingOfAShortOne() {
        Duration wait = outage.failed("no answer");
        outage.over();

        assertThat(wait).isPositive();
        assertThat(log).isEmpty();
    }
}
