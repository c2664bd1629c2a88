package dev.troupe.reward.writing;

import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Term;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A short and a detailed text, measured by MAGRPO's levels for TLDR in a strict form: phrases count as whole words, and
 * texts without a word of their own have no style in common. Each level is reached only through the one before it.
 *
 * @param pieces1 white-space separated pieces of the short text
 * @param pieces2 of the detailed text
 * @param lengthRatio length of the detailed text over the short one, code points; 0 when there is none
 * @param vocabularyRatio distinct words of the detailed text over the short one; 0 when there is none
 * @param jaccard words in common over all words, stop words left out
 * @param transitions categories of transitions in the detailed text
 */
record WritingResult(
        int pieces1, int pieces2, double lengthRatio, double vocabularyRatio, double jaccard, int transitions) {

    static final double STRUCTURE = 0.5;
    static final double LENGTH = 1.0;
    static final double VOCABULARY = 0.5;
    static final double STYLE = 1.0;

    private static final int FEWEST_PIECES = 8;
    private static final int MOST_PIECES = 256;
    private static final double ENOUGH_JACCARD = 0.03;
    private static final double CONSISTENCY_SHARE = 0.6;
    private static final double TRANSITION_SHARE = 0.4;
    private static final double FIRST_TRANSITION = 0.4;
    private static final double FURTHER_TRANSITION = 0.05;
    private static final int CATEGORIES = 12;

    static WritingResult of(Texts texts, WordLists lists) {
        Set<String> words1 = new HashSet<>(Words.of(texts.brief()));
        Set<String> words2 = new HashSet<>(Words.of(texts.detailed()));
        return new WritingResult(
                Words.pieces(texts.brief()),
                Words.pieces(texts.detailed()),
                ratio(Words.length(texts.detailed()), Words.length(texts.brief())),
                ratio(words2.size(), words1.size()),
                jaccard(without(words1, lists.stopWords()), without(words2, lists.stopWords())),
                lists.categoriesIn(texts.detailed()).size());
    }

    boolean structureHolds() {
        return within(pieces1) && within(pieces2);
    }

    /** 0 to 1: full from 1.6 to 3.2, none below 1.1 and above 5. */
    double lengthLevel() {
        return lengthRatio <= 3.2 ? ramp(lengthRatio, 1.1, 1.6) : ramp(-lengthRatio, -5.0, -3.2);
    }

    /** 0 to 1: full from 2.0, none below 1.3. */
    double vocabularyLevel() {
        return ramp(vocabularyRatio, 1.3, 2.0);
    }

    /** 0 to 1: how much of the words the texts share, beyond which sharing more earns nothing. */
    double consistency() {
        return structureHolds() ? Math.min(jaccard, ENOUGH_JACCARD) / ENOUGH_JACCARD : 0;
    }

    /** 0 to 1, though transitions of all categories leave it at 0.98. */
    double styleLevel() {
        double transition =
                transitions == 0 ? 0 : Math.min(1, FIRST_TRANSITION + FURTHER_TRANSITION * (transitions - 1));
        return TRANSITION_SHARE * transition + CONSISTENCY_SHARE * consistency();
    }

    /** What the levels earn together; a level that is not reached ends it. */
    double total() {
        if (!structureHolds()) {
            return 0;
        }
        double total = STRUCTURE;
        if (lengthLevel() <= 0) {
            return total;
        }
        total += LENGTH * lengthLevel();
        if (vocabularyRatio < 1.3) {
            return total;
        }
        return total + VOCABULARY * vocabularyLevel() + STYLE * styleLevel();
    }

    /** The most that can be had: all categories of transitions, all words shared that count. */
    static double maximum() {
        double style =
                TRANSITION_SHARE * (FIRST_TRANSITION + FURTHER_TRANSITION * (CATEGORIES - 1)) + CONSISTENCY_SHARE;
        return STRUCTURE + LENGTH + VOCABULARY + STYLE * style;
    }

    double quality() {
        return Math.clamp(total() / maximum(), 0, 1);
    }

    /** Whether the structure holds and every level reaches at least half. */
    boolean passed() {
        return structureHolds() && lengthLevel() >= 0.5 && vocabularyLevel() >= 0.5 && styleLevel() >= 0.5;
    }

    List<Term> terms() {
        return List.of(
                Terms.of("structure", structureHolds()),
                Terms.of("length_ratio", lengthRatio),
                Terms.of("vocabulary", vocabularyRatio),
                Terms.of("style", jaccard),
                Terms.of("transitions", transitions),
                Terms.of("consistency", consistency()));
    }

    private static boolean within(int pieces) {
        return pieces >= FEWEST_PIECES && pieces <= MOST_PIECES;
    }

    private static double ramp(double value, double none, double full) {
        return Math.clamp((value - none) / (full - none), 0, 1);
    }

    private static double ratio(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static Set<String> without(Set<String> words, Set<String> stopWords) {
        var rest = new HashSet<>(words);
        rest.removeAll(stopWords);
        return rest;
    }

    private static double jaccard(Set<String> words1, Set<String> words2) {
        var all = new HashSet<>(words1);
        all.addAll(words2);
        var common = new HashSet<>(words1);
        common.retainAll(words2);
        return ratio(common.size(), all.size());
    }
}
