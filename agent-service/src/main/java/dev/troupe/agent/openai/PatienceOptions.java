package dev.troupe.agent.openai;

import dev.troupe.runtime.config.Settings;
import java.time.Duration;

/**
 * How long servers are waited for, and how often they are asked.
 *
 * @param connect until a connection stands
 * @param request for one try of a whole completion
 * @param firstByte until a streamed completion begins; the time in the server's queue counts
 * @param betweenChunks between two pieces of a streamed completion
 * @param load for loading or unloading an adapter
 * @param retries of a completion after its first try
 * @param backoff before the first retry; doubles with each, up to {@link #LONGEST_BACKOFF}
 * @param leftOut how long a server that failed is left out before it is tried again
 */
record PatienceOptions(
        Duration connect,
        Duration request,
        Duration firstByte,
        Duration betweenChunks,
        Duration load,
        int retries,
        Duration backoff,
        Duration leftOut) {
    static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    static final PatienceOptions DEFAULT = new PatienceOptions(
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            5,
            Duration.ofMillis(250),
            Duration.ofSeconds(10));

    PatienceOptions {
        requirePositive("connect", connect);
        requirePositive("request", request);
        requirePositive("firstByte", firstByte);
        requirePositive("betweenChunks", betweenChunks);
        requirePositive("load", load);
        requirePositive("backoff", backoff);
        requirePositive("leftOut", leftOut);
        if (retries < 0) {
            throw new IllegalArgumentException("retries must be 0 or more: " + retries);
        }
    }

    static PatienceOptions of(Settings settings) {
        return new PatienceOptions(
                positive(settings, "agent.openai.connect.timeout", DEFAULT.connect),
                positive(settings, "agent.openai.request.timeout", DEFAULT.request),
                positive(settings, "agent.openai.first.byte.timeout", DEFAULT.firstByte),
                positive(settings, "agent.openai.chunk.timeout", DEFAULT.betweenChunks),
                positive(settings, "agent.openai.load.timeout", DEFAULT.load),
                settings.integer("agent.openai.retries", DEFAULT.retries, 0, 100),
                positive(settings, "agent.openai.retry.backoff", DEFAULT.backoff),
                positive(settings, "agent.openai.retry.left.out", DEFAULT.leftOut));
    }

    private static Duration positive(Settings settings, String key, Duration defaultValue) {
        Duration value = settings.duration(key, defaultValue);
        if (value.isZero() || value.isNegative()) {
            settings.problem(key, "'%s' is not longer than nothing".formatted(value));
            return defaultValue;
        }
        return value;
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
