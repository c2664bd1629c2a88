package dev.troupe.cli.audit;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * What became of one task fed.
 *
 * @param state the account it belongs to
 * @param detail the reason or the stage; empty where the state says everything
 */
public record Fate(State state, String detail) {

    /** The accounts of a team. A task fed is in exactly one; only those of {@link #UNACCOUNTED} are a defect. */
    public enum State {
        TRAINED,
        EVALUATED,
        SKIPPED,
        INCOMPLETE,
        DEAD_LETTERED,
        OPEN,
        UNACCOUNTED;

        /** As tables and JSON spell it. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Fate {
        requireNonNull(state, "state is null");
        requireNonNull(detail, "detail is null");
    }

    public static Fate of(State state) {
        return new Fate(state, "");
    }
}
