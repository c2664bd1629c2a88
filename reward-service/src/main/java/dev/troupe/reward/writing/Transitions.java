package dev.troupe.reward.writing;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The transition phrases of all categories, and where they are in a text. */
final class Transitions {

    private final List<Phrase> phrases;
    private final Map<String, List<Phrase>> longestFirst;

    /** @param phrases in the order of the list; a phrase that stands there twice belongs to its first category */
    Transitions(List<Phrase> phrases) {
        if (phrases.isEmpty()) {
            throw new IllegalArgumentException("there are no transition phrases");
        }
        this.phrases = List.copyOf(phrases);
        this.longestFirst = phrases.stream()
                .sorted(Comparator.comparingInt(
                                (Phrase phrase) -> phrase.words().size())
                        .reversed())
                .collect(Collectors.groupingBy(phrase -> phrase.words().getFirst()));
    }

    Set<String> categories() {
        return phrases.stream().map(Phrase::category).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The categories of which a phrase stands in the text as whole words; each word counts in one phrase only. */
    Set<String> asWords(List<String> words) {
        var found = new TreeSet<String>();
        int at = 0;
        while (at < words.size()) {
            Optional<Phrase> phrase = longestAt(words, at);
            phrase.ifPresent(longest -> found.add(longest.category()));
            at += phrase.map(longest -> longest.words().size()).orElse(1);
        }
        return found;
    }

    /** The categories of which a phrase stands anywhere in the text, be it inside of a word. */
    Set<String> asCharacters(String lowerCase) {
        var found = new TreeSet<String>();
        for (Phrase phrase : phrases) {
            if (!found.contains(phrase.category()) && lowerCase.contains(phrase.text())) {
                found.add(phrase.category());
            }
        }
        return found;
    }

    private Optional<Phrase> longestAt(List<String> words, int at) {
        return longestFirst.getOrDefault(words.get(at), List.of()).stream()
                .filter(phrase -> phrase.standsAt(words, at))
                .findFirst();
    }
}
