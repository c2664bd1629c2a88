package dev.troupe.reward.writing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words by which writing is judged. They are data: {@code transitions.txt} and {@code stop-words.txt} beside this
 * class; a class path entry before the jar that holds files of these names replaces them.
 *
 * @param transitions phrases by category
 * @param stopWords words that say nothing of the subject, in lower case
 */
record WordLists(Transitions transitions, Set<String> stopWords) {

    private static final String COMMENT = "#";

    WordLists {
        requireNonNull(transitions, "transitions is null");
        stopWords = Set.copyOf(stopWords);
    }

    /** The lists on the class path. */
    static WordLists load() {
        return parse(lines("transitions.txt"), lines("stop-words.txt"));
    }

    /** Reads lists from the lines of the two files. */
    static WordLists parse(List<String> transitions, List<String> stopWords) {
        return new WordLists(
                new Transitions(content(transitions).flatMap(WordLists::phrases).toList()),
                content(stopWords).map(Words::of).flatMap(List::stream).collect(Collectors.toSet()));
    }

    private static Stream<Phrase> phrases(String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw new IllegalStateException("transitions.txt: no ':' after the category in: " + line);
        }
        String category = line.substring(0, colon).strip();
        List<Phrase> phrases = Stream.of(line.substring(colon + 1).split(",", -1))
                .filter(phrase -> !phrase.isBlank())
                .map(phrase -> Phrase.of(category, phrase))
                .toList();
        if (phrases.isEmpty()) {
            throw new IllegalStateException("transitions.txt: no phrase in category " + category);
        }
        return phrases.stream();
    }

    private static Stream<String> content(List<String> lines) {
        return lines.stream().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith(COMMENT));
    }

    private static List<String> lines(String resource) {
        try (InputStream stream = WordLists.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("no " + resource + " on the class path");
            }
            return new BufferedReader(new InputStreamReader(stream, UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
