package dev.troupe.reward.writing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words by which writing is judged. They are data: {@code transitions.txt} and {@code stop-words.txt} beside this
 * class; a class path entry before the jar that holds files of these names replaces them.
 *
 * @param transitions phrases by category, each a list of words in lower case
 * @param stopWords words that say nothing of the subject
 */
record WordLists(Map<String, List<List<String>>> transitions, Set<String> stopWords) {

    private static final String COMMENT = "#";

    WordLists {
        transitions = Map.copyOf(transitions);
        stopWords = Set.copyOf(stopWords);
        if (transitions.isEmpty() || transitions.values().stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("every category of transitions needs a phrase: " + transitions.keySet());
        }
    }

    /** The lists on the class path. */
    static WordLists load() {
        var transitions = new LinkedHashMap<String, List<List<String>>>();
        for (String line : lines("transitions.txt")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IllegalStateException("transitions.txt: no ':' after the category in: " + line);
            }
            transitions.put(
                    line.substring(0, colon).strip(),
                    Stream.of(line.substring(colon + 1).split(",", -1))
                            .map(Words::of)
                            .filter(phrase -> !phrase.isEmpty())
                            .toList());
        }
        Set<String> stopWords = lines("stop-words.txt").stream()
                .map(Words::of)
                .flatMap(List::stream)
                .collect(Collectors.toSet());
        return new WordLists(transitions, stopWords);
    }

    /** The categories of which a phrase stands in the text, as whole words. */
    Set<String> categoriesIn(String text) {
        String words = spaced(Words.of(text));
        var found = new TreeSet<String>();
        transitions.forEach((category, phrases) -> {
            if (phrases.stream().anyMatch(phrase -> words.contains(spaced(phrase)))) {
                found.add(category);
            }
        });
        return found;
    }

    private static String spaced(Collection<String> words) {
        return words.stream().collect(Collectors.joining(" ", " ", " "));
    }

    private static List<String> lines(String resource) {
        try (InputStream stream = WordLists.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("no " + resource + " on the class path");
            }
            return new BufferedReader(new InputStreamReader(stream, UTF_8))
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith(COMMENT))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
