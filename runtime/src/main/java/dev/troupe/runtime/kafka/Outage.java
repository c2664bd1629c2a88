package dev.troupe.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One kind of outage as one thread sees it: how long to wait before the next try, and a log line when it lasts, at most
 * every 5 s.
 */
public final class Outage {

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);
    /** Shorter ones are how a cluster works, and no news. */
    private static final Duration UNLOGGED = Duration.ofMillis(500);

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Logger logger;
    private final String name;
    private final InstantSource clock;
    private Duration wait = SHORTEST;
    private @Nullable Instant since;
    private @Nullable Instant lastLogged;

    /** @param name what is waited for, as the log shows it */
    public Outage(Logger logger, String name, InstantSource clock) {
        this.logger = logger;
        this.name = name;
        this.clock = clock;
    }

    /** Notes a failed try and tells how long to wait before the next. */
    public Duration failed(String reason) {
        Instant now = clock.instant();
        if (since == null) {
            since = now;
        }
        Instant due = lastLogged == null ? since.plus(UNLOGGED) : lastLogged.plus(LOG_INTERVAL);
        if (!now.isBefore(due)) {
            lastLogged = now;
            logger.atWarn()
                    .addKeyValue("waitingFor", name)
                    .addKeyValue("reason", reason)
                    .addKeyValue("seconds", Duration.between(since, now).toSeconds())
                    .log("waiting");
        }
        Duration current = wait;
        wait = wait.multipliedBy(2).compareTo(LONGEST) < 0 ? wait.multipliedBy(2) : LONGEST;
        return current;
    }

    /** Notes a try that went through. */
    public void over() {
        if (lastLogged != null && since != null) {
            logger.atInfo()
                    .addKeyValue("waitingFor", name)
                    .addKeyValue(
                            "seconds", Duration.between(since, clock.instant()).toSeconds())
                    .log("wait is over");
        }
        since = null;
        lastLogged = null;
        wait = SHORTEST;
    }
}
