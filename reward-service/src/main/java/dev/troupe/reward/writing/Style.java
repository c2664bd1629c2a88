package dev.troupe.reward.writing;

import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * Figures by which one hand is told from another.
 *
 * @param sentenceLength words to a sentence
 * @param wordLength code points to a word
 * @param stopWordShare stop words of all words
 */
record Style(double sentenceLength, double wordLength, double stopWordShare) {

    /** A mark before white space, or one of those that are followed by none. */
    private static final Pattern SENTENCE_END = Pattern.compile("(?<![.!?])[.!?]++(?=\\s|$)|[\u3002\uFF01\uFF1F]");

    static Style of(String text, Set<String> stopWords) {
        List<String> words = Words.of(text);
        if (words.isEmpty()) {
            return new Style(0, 0, 0);
        }
        long sentences = SENTENCE_END
                .splitAsStream(text)
                .filter(sentence -> !Words.of(sentence).isEmpty())
                .count();
        double count = words.size();
        return new Style(
                count / Math.max(1, sentences),
                words.stream().mapToInt(Words::length).sum() / count,
                words.stream().filter(stopWords::contains).count() / count);
    }

    /** The mean over the figures of the least over the largest; 0 with fewer than two texts. */
    static double consistency(List<String> texts, Set<String> stopWords) {
        if (texts.size() < 2) {
            return 0;
        }
        List<Style> styles = texts.stream().map(text -> of(text, stopWords)).toList();
        return (likeness(styles, Style::sentenceLength)
                        + likeness(styles, Style::wordLength)
                        + likeness(styles, Style::stopWordShare))
                / 3;
    }

    private static double likeness(List<Style> styles, ToDoubleFunction<Style> figure) {
        double least = styles.stream().mapToDouble(figure).min().orElse(0);
        double largest = styles.stream().mapToDouble(figure).max().orElse(0);
        return largest == 0 ? 1 : least / largest;
    }
}
