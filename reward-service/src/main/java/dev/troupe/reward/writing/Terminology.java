package dev.troupe.reward.writing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How the terms of several texts are spelt. Spellings of one term are those that differ in a hyphen or a blank
 * (<i>hot-load</i>, <i>hotload</i>, <i>hot load</i>), in <i>-ise</i> for <i>-ize</i> (<i>-yse</i> for <i>-yze</i>) or
 * in <i>-our</i> for <i>-or</i>. Words of fewer than four letters and stop words are no terms.
 */
final class Terminology {

    private static final int FEWEST_LETTERS = 4;
    private static final Pattern HYPHEN = Pattern.compile("[-\u2010\u2011]");
    private static final Pattern ISE = Pattern.compile("([iy])s(e[sd]?|ing|ations?)$");
    private static final Pattern OUR = Pattern.compile("our(s|ed|ing|al|able)?$");

    /** By term and spelling, the texts that have it so. */
    private final Map<String, Map<String, Set<Integer>>> spellings = new TreeMap<>();

    private Terminology() {}

    static Terminology of(List<String> texts, Set<String> stopWords) {
        var terminology = new Terminology();
        var inTwoWords = new HashMap<String, Map<String, Set<Integer>>>();
        for (int text = 0; text < texts.size(); text++) {
            String before = "";
            for (String piece : Words.pieces(LowerCase.of(texts.get(text)))) {
                String word = core(piece);
                boolean telling = !word.isEmpty() && !stopWords.contains(word);
                if (telling && Words.length(word) >= FEWEST_LETTERS) {
                    add(terminology.spellings, word, word, text);
                }
                // A mark between two words parts them.
                if (telling && !before.isEmpty() && piece.startsWith(word)) {
                    add(inTwoWords, before + word, before + " " + word, text);
                }
                before = telling && piece.endsWith(word) ? word : "";
            }
        }
        // Two words are a spelling of a term only if somebody writes it as one.
        inTwoWords.forEach((term, forms) -> terminology.spellings.computeIfPresent(term, (_, known) -> {
            known.putAll(forms);
            return known;
        }));
        return terminology;
    }

    /** The terms that two texts or more use and all spell alike, of all that two or more use; 0 without any. */
    double consistency() {
        int shared = 0;
        int alike = 0;
        for (Map<String, Set<Integer>> forms : spellings.values()) {
            var users = new HashSet<Integer>();
            forms.values().forEach(users::addAll);
            if (users.size() > 1) {
                shared++;
                alike += forms.size() == 1 ? 1 : 0;
            }
        }
        return shared == 0 ? 0 : (double) alike / shared;
    }

    private static void add(Map<String, Map<String, Set<Integer>>> terms, String term, String spelling, int text) {
        terms.computeIfAbsent(key(term), _ -> new TreeMap<>())
                .computeIfAbsent(spelling, _ -> new TreeSet<>())
                .add(text);
    }

    /** The piece from its first letter or digit to its last one. */
    private static String core(String piece) {
        int[] points = piece.codePoints().toArray();
        int start = 0;
        while (start < points.length && !Character.isLetterOrDigit(points[start])) {
            start++;
        }
        int end = points.length;
        while (end > start && !Character.isLetterOrDigit(points[end - 1])) {
            end--;
        }
        return new String(points, start, end - start);
    }

    private static String key(String term) {
        String closed = HYPHEN.matcher(term).replaceAll("");
        return OUR.matcher(ISE.matcher(closed).replaceFirst("$1z$2")).replaceFirst("or$1");
    }
}
