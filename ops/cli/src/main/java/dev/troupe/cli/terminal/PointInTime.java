package dev.troupe.cli.terminal;

import dev.troupe.runtime.config.Units;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** A point in time as people write it: an instant, or how long ago. */
public final class PointInTime {

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private PointInTime() {}

    /**
     * Reads {@code 2026-01-31T12:00:00Z} or {@code 7d}.
     *
     * @throws IllegalArgumentException when it is neither; the message follows on the text in a sentence
     */
    public static Instant parse(String text, Instant now) {
        String given = text.strip();
        Optional<Instant> instant = instant(given).or(() -> ago(given, now));
        // Beyond, there are no record timestamps.
        return instant.filter(found -> !found.isBefore(Instant.EPOCH) && !found.isAfter(LAST))
                .orElseThrow(() -> new IllegalArgumentException(
                        "is neither an instant since 1970 (2026-01-31T12:00:00Z) nor how long ago (30m, 12h, 7d)"));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> ago(String text, Instant now) {
        try {
            return Optional.of(now.minus(Units.duration(text)));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException _) {
            return Optional.empty();
        }
    }
}
