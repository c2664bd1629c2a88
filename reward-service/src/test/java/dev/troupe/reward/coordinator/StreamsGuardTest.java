package dev.troupe.reward.coordinator;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class StreamsGuardTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final StreamsGuard guard = new StreamsGuard(now::get, Duration.ZERO);

    /** Logged without a trace. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("broken", null, false, false);
        }
    }

    @Test
    void replacesThreadsUpToTheLimit() {
        for (int i = 0; i < StreamsGuard.LIMIT; i++) {
            assertThat(guard.handle(new Broken())).isEqualTo(REPLACE_THREAD);
        }
        assertThat(guard.handle(new Broken())).isEqualTo(SHUTDOWN_CLIENT);
    }

    @Test
    void oldFailuresAreForgotten() {
        for (int i = 0; i < 3 * StreamsGuard.LIMIT; i++) {
            now.updateAndGet(time -> time.plus(StreamsGuard.WINDOW.dividedBy(StreamsGuard.LIMIT - 1)));
            assertThat(guard.handle(new Broken())).isEqualTo(REPLACE_THREAD);
        }
    }

    @Test
    void replacesNothingOnceClosed() {
        guard.close();

        assertThat(guard.handle(new Broken())).isEqualTo(SHUTDOWN_CLIENT);
    }
}
