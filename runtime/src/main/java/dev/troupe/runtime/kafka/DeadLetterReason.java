package dev.troupe.runtime.kafka;

import java.util.Locale;

/** Why a record was set aside: a closed set, so that it can tag metrics. */
public enum DeadLetterReason {
    /** The bytes are not a record of the topic. */
    MALFORMED,
    /** The record has no key, or its key is not the one its value names. */
    WRONG_KEY,
    /** The task names an environment that is not installed. */
    UNKNOWN_ENVIRONMENT,
    /** The environment refuses the task. */
    INVALID_TASK,
    /** There is nothing to answer. */
    EMPTY_PROMPT,
    /** The record, prompt or answer is larger than the limit. */
    TOO_LARGE,
    /** A task with this id was fed before. */
    DUPLICATE_TASK,
    /** The task names a team that is not configured. */
    UNKNOWN_TEAM,
    /** The turn names a policy or version that cannot be served. */
    UNKNOWN_POLICY,
    /** The record failed as often as it may be tried. */
    DELIVERY_LIMIT;

    /** The reason as metrics and headers spell it: {@code delivery-limit}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
