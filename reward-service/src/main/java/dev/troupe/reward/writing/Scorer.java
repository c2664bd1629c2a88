package dev.troupe.reward.writing;

import dev.troupe.reward.environment.InvalidTaskException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which rules measure a pair of texts. */
enum Scorer {
    /** Whole words, and nothing for texts that only look right; 3.0 can be reached. */
    STRICT {
        @Override
        int length(String text) {
            return Words.length(String.join(" ", Words.pieces(text)));
        }

        @Override
        Set<String> vocabulary(Set<String> words, Set<String> stopWords) {
            return without(words, stopWords);
        }

        @Override
        double jaccardOfNothing() {
            return 0;
        }

        @Override
        Set<String> transitions(Texts texts, PairForm form, Transitions transitions) {
            return transitions.asWords(Words.of(form.transitionsInBoth() ? joined(texts, "\n") : texts.second()));
        }

        @Override
        double transition(int found, int categories) {
            if (found == 0) {
                return 0;
            }
            return categories == 1 ? 1 : FIRST_TRANSITION + (1 - FIRST_TRANSITION) * (found - 1) / (categories - 1);
        }
    },

    /** By the rules of MAGRPO's public scorers, their defects included; at most 2.98. */
    COMPATIBLE {
        @Override
        int length(String text) {
            return Words.length(text);
        }

        @Override
        Set<String> vocabulary(Set<String> words, Set<String> stopWords) {
            return words;
        }

        @Override
        double jaccardOfNothing() {
            return 1;
        }

        @Override
        Set<String> transitions(Texts texts, PairForm form, Transitions transitions) {
            return transitions.asCharacters(
                    LowerCase.of(form.transitionsInBoth() ? joined(texts, "") : texts.second()));
        }

        @Override
        double transition(int found, int categories) {
            return found == 0 ? 0 : Math.min(1, FIRST_TRANSITION + FURTHER_TRANSITION * (found - 1));
        }
    };

    private static final double FIRST_TRANSITION = 0.4;
    private static final double FURTHER_TRANSITION = 0.05;

    /** @throws InvalidTaskException when there is no scorer of that name */
    static Scorer parse(String name) throws InvalidTaskException {
        return switch (name) {
            case "strict" -> STRICT;
            case "compatible" -> COMPATIBLE;
            default ->
                throw new InvalidTaskException("fields.scorer '%s' is not one of: strict, compatible".formatted(name));
        };
    }

    /** Code points that count. */
    abstract int length(String text);

    /** The distinct words that count for the vocabulary. */
    abstract Set<String> vocabulary(Set<String> words, Set<String> stopWords);

    /** How much two texts have in common that have no words at all. */
    abstract double jaccardOfNothing();

    abstract Set<String> transitions(Texts texts, PairForm form, Transitions transitions);

    /** What so many categories of transitions are worth, 0 to 1. */
    abstract double transition(int found, int categories);

    PairMeasures measure(Texts texts, PairForm form, WordLists lists) {
        Set<String> words1 = new HashSet<>(Words.of(texts.first()));
        Set<String> words2 = new HashSet<>(Words.of(texts.second()));
        Set<String> stopWords = lists.stopWords();
        int transitions = transitions(texts, form, lists.transitions()).size();
        return new PairMeasures(
                Words.pieces(texts.first()).size(),
                Words.pieces(texts.second()).size(),
                ratio(length(texts.second()), length(texts.first())),
                ratio(
                        vocabulary(words2, stopWords).size(),
                        vocabulary(words1, stopWords).size()),
                jaccard(without(words1, stopWords), without(words2, stopWords)),
                transitions,
                transition(transitions, lists.transitions().categories().size()));
    }

    private double jaccard(Set<String> words1, Set<String> words2) {
        var all = new HashSet<>(words1);
        all.addAll(words2);
        var common = new HashSet<>(words1);
        common.retainAll(words2);
        return all.isEmpty() ? jaccardOfNothing() : ratio(common.size(), all.size());
    }

    private static Set<String> without(Set<String> words, Set<String> stopWords) {
        var rest = new HashSet<>(words);
        rest.removeAll(stopWords);
        return rest;
    }

    private static String joined(Texts texts, String separator) {
        return String.join(separator, List.of(texts.first(), texts.second()));
    }

    private static double ratio(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
