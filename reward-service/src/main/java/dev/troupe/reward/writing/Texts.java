package dev.troupe.reward.writing;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** Two texts that belong together. */
record Texts(String first, String second) {

    private static final Pattern EMPTY_LINE = Pattern.compile("\\R[ \\t]*\\R\\s*");

    Texts {
        requireNonNull(first, "first is null");
        requireNonNull(second, "second is null");
    }

    /** One author's text, cut at its first empty line; without one there is no second text. */
    static Texts split(String both) {
        String[] parts = EMPTY_LINE.split(both.strip(), 2);
        return new Texts(parts[0], parts.length > 1 ? parts[1] : "");
    }
}
