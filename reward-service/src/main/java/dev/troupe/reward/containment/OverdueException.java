package dev.troupe.reward.containment;

import java.time.Duration;

/** An environment did not answer in time. */
public final class OverdueException extends Exception {

    private static final long serialVersionUID = 1;

    OverdueException(String environment, Duration timeout, String setting, boolean ended) {
        super("environment '%s' did not answer within the %d ms of %s%s"
                .formatted(
                        environment,
                        timeout.toMillis(),
                        setting,
                        ended ? "" : ", nor did it heed its interrupt; the log has its stack"));
    }
}
