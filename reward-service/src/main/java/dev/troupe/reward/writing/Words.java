package dev.troupe.reward.writing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits text as Python does: white space, word characters and lengths by code points. */
final class Words {

    private Words() {}

    /** Length in code points, which is Python's {@code len}. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** How many pieces white space separates, as {@code len(text.split())}. */
    static int pieces(String text) {
        int pieces = 0;
        boolean inside = false;
        for (int point : text.codePoints().toArray()) {
            boolean space = isSpace(point);
            pieces += !space && !inside ? 1 : 0;
            inside = !space;
        }
        return pieces;
    }

    /** Runs of word characters in lower case, in order, as {@code re.findall(r"\w+", text.lower())}. */
    static List<String> of(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        for (int point : text.toLowerCase(Locale.ROOT).codePoints().toArray()) {
            if (isWordCharacter(point)) {
                word.appendCodePoint(point);
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /** Python's {@code str.isspace}: bidirectional type WS, B or S, or category Zs. */
    static boolean isSpace(int point) {
        return Character.getType(point) == Character.SPACE_SEPARATOR
                || (point >= 0x09 && point <= 0x0D)
                || (point >= 0x1C && point <= 0x1F)
                || point == 0x85
                || point == 0x2028
                || point == 0x2029;
    }

    /** Python's {@code \w}: letters, numbers of any kind and the underscore; combining marks are none. */
    private static boolean isWordCharacter(int point) {
        return switch (Character.getType(point)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.OTHER_NUMBER -> true;
            default -> point == '_';
        };
    }
}
