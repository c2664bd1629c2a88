package dev.troupe.reward.writing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Splits text as Python does: white space, word characters and lengths by code points. */
final class Words {

    private Words() {}

    /** Length in code points, which is Python's {@code len}. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The pieces that white space separates, as {@code text.split()}. */
    static List<String> pieces(String text) {
        return runs(text, point -> !isSpace(point));
    }

    /** Runs of word characters in lower case, in order, as {@code re.findall(r"\w+", text.lower())}. */
    static List<String> of(String text) {
        return runs(LowerCase.of(text), Words::isWordCharacter);
    }

    private static List<String> runs(String text, IntPredicate inside) {
        var runs = new ArrayList<String>();
        int start = -1;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (!inside.test(point)) {
                if (start >= 0) {
                    runs.add(text.substring(start, at));
                }
                start = -1;
            } else if (start < 0) {
                start = at;
            }
            at += Character.charCount(point);
        }
        if (start >= 0) {
            runs.add(text.substring(start));
        }
        return runs;
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
