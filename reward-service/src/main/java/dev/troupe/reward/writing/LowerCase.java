package dev.troupe.reward.writing;

/**
 * Text in lower case as Python's {@code str.lower} has it. Java's own asks a break iterator where a word with a capital
 * sigma ends; Python follows the Unicode standard, section 3.13, table 3-17.
 */
final class LowerCase {

    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final int SMALL_SIGMA = 0x3C3;
    private static final int FINAL_SIGMA = 0x3C2;

    /** The only character whose lower case is two, the second of them a combining dot. */
    private static final int CAPITAL_I_WITH_DOT = 0x130;

    private static final int COMBINING_DOT_ABOVE = 0x307;

    private LowerCase() {}

    static String of(String text) {
        int[] points = text.codePoints().toArray();
        var lower = new StringBuilder(text.length());
        for (int i = 0; i < points.length; i++) {
            switch (points[i]) {
                case CAPITAL_SIGMA -> lower.appendCodePoint(endsWord(points, i) ? FINAL_SIGMA : SMALL_SIGMA);
                case CAPITAL_I_WITH_DOT -> lower.append('i').appendCodePoint(COMBINING_DOT_ABOVE);
                default -> lower.appendCodePoint(Character.toLowerCase(points[i]));
            }
        }
        return lower.toString();
    }

    /** Whether a cased letter stands before and none after, whatever is ignored in between. */
    private static boolean endsWord(int[] points, int sigma) {
        int before = sigma - 1;
        while (before >= 0 && isCaseIgnorable(points[before])) {
            before--;
        }
        int after = sigma + 1;
        while (after < points.length && isCaseIgnorable(points[after])) {
            after++;
        }
        return before >= 0 && isCased(points[before]) && (after == points.length || !isCased(points[after]));
    }

    private static boolean isCased(int point) {
        return Character.isLowerCase(point) || Character.isUpperCase(point) || Character.isTitleCase(point);
    }

    private static boolean isCaseIgnorable(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default ->
                switch (point) {
                    // Word_Break = Single_Quote, MidLetter or MidNumLet.
                    case '\'', '.', ':', 0xB7, 0x387, 0x55F, 0x5F4, 0x2018, 0x2019, 0x2024, 0x2027 -> true;
                    case 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A -> true;
                    default -> false;
                };
        };
    }
}
