package dev.troupe.cli.audit;

import static java.util.Objects.requireNonNull;

/**
 * One thing that does not add up.
 *
 * @param kind what is wrong
 * @param subject the task, step or version
 * @param text what was found, for a person
 */
public record Finding(Kind kind, String subject, String text) {

    /** What can be wrong. */
    public enum Kind {
        /** Something that was taken over is nowhere to be found. */
        LOST,
        /** Something that may happen once has happened more often. */
        DOUBLED,
        /** Two records contradict each other. */
        CONTRADICTION
    }

    public Finding {
        requireNonNull(kind, "kind is null");
        requireNonNull(subject, "subject is null");
        requireNonNull(text, "text is null");
    }

    /** What is found, however often or far: by it two looks recognise the same finding. */
    record Matter(Kind kind, String subject) {}

    Matter matter() {
        return new Matter(kind, subject);
    }

    @Override
    public String toString() {
        return "%s %s: %s".formatted(kind, subject, text);
    }
}
