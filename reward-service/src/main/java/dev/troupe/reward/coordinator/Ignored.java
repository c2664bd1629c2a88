package dev.troupe.reward.coordinator;

import java.util.Locale;

/** Records that are counted and otherwise without effect; the tag of the metric. */
enum Ignored {
    DUPLICATE_ACTION,
    DUPLICATE_MESSAGE,
    DUPLICATE_JUDGEMENT,
    LATE_ACTION,
    LATE_MESSAGE,
    LATE_JUDGEMENT;

    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
