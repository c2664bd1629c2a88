package dev.troupe.agent.openai;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The {@code Retry-After} of an answer: seconds, or a date (RFC 9110, 10.2.3). */
final class RetryAfter {
    /** A longer one is taken for this. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    private RetryAfter() {}

    static Optional<Duration> of(HttpHeaders headers, InstantSource clock) {
        return headers.firstValue("retry-after").flatMap(value -> parse(value.strip(), clock.instant()));
    }

    static Optional<Duration> parse(String value, Instant now) {
        Duration wait;
        try {
            wait = value.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(now, Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value)));
        } catch (NumberFormatException | DateTimeException _) {
            // Neither: the server said nothing that can be used.
            return Optional.empty();
        }
        Duration known = wait.isNegative() ? Duration.ZERO : wait;
        return Optional.of(known.compareTo(LONGEST) > 0 ? LONGEST : known);
    }
}
