package dev.troupe.reward.writing;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A phrase that leads from one thought to the next.
 *
 * @param category what kind of transition it is
 * @param text in lower case, as it stands in the list
 * @param words its words, at least one
 */
record Phrase(String category, String text, List<String> words) {

    Phrase {
        requireNonNull(category, "category is null");
        requireNonNull(text, "text is null");
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("the phrase '%s' of %s has no word".formatted(text, category));
        }
    }

    static Phrase of(String category, String text) {
        String lower = LowerCase.of(text.strip());
        return new Phrase(category, lower, Words.of(lower));
    }

    /** Whether its words stand there one after another. */
    boolean standsAt(List<String> text, int at) {
        return at + words.size() <= text.size()
                && text.subList(at, at + words.size()).equals(words);
    }
}
