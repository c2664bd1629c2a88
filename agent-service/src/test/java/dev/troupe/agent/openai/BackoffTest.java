package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.openai.ServerException.Fault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), closing);

    @Test
    void doublesUpToTheLongestAndCutsUpToHalf() {
        var random = new SplittableRandom(11);
        long expected = 100;
        for (int retry = 0; retry < 40; retry++) {
            assertThat(backoff.delay(retry, random).toMillis())
                    .as("retry %d, seed 11", retry)
                    .isBetween(expected / 2, expected);
            expected = Math.min(2000, expected * 2);
        }
    }

    @Test
    void waitsTheSameForTheSameSeed() {
        assertThat(backoff.delay(3, new SplittableRandom(5))).isEqualTo(backoff.delay(3, new SplittableRandom(5)));
        assertThat(backoff.delay(3, new SplittableRandom(5))).isNotEqualTo(backoff.delay(3, new SplittableRandom(6)));
    }

    @Test
    void endsItsWaitWhenTheAgentStops() {
        closing.countDown();
        assertThatThrownBy(() -> backoff.pause(Duration.ofHours(1))).isInstanceOf(CancellationException.class);
    }

    @Test
    void asksAgainOnlyWhatMayPass() throws Exception {
        var quick = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), closing);
        var metrics = new OpenAiMetrics(new SimpleMeterRegistry());
        var asked = new AtomicInteger();
        int answer = quick.retrying(3, new SplittableRandom(1), metrics, () -> {
            if (asked.incrementAndGet() < 3) {
                throw new ServerException(Fault.BUSY, "busy");
            }
            return 42;
        });
        assertThat(answer).isEqualTo(42);
        assertThat(asked).hasValue(3);
        assertThatThrownBy(() -> quick.retrying(3, new SplittableRandom(1), metrics, () -> {
                    asked.incrementAndGet();
                    throw new ServerException(Fault.UNAVAILABLE, "no");
                }))
                .isInstanceOf(ServerException.class);
        assertThat(asked).hasValue(4);
    }
}
