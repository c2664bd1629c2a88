package dev.troupe.reward.sandbox;

/** How Python writes strings and floats. */
final class PythonText {

    private PythonText() {}

    static String quote(String text) {
        var quoted = new StringBuilder(text.length() + 2).append('\'');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\'' -> quoted.append("\\'");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> append(quoted, text, i, c);
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            }
        }
        return quoted.append('\'').toString();
    }

    /** Quotes characters up to 255 as Python writes the bytes of these values. */
    static String quoteBytes(String latin1) {
        var quoted = new StringBuilder(latin1.length() + 2).append('\'');
        for (int i = 0; i < latin1.length(); i++) {
            char c = latin1.charAt(i);
            if (c < ' ' || c > '~' || c == '\'' || c == '\\') {
                quoted.append("\\x%02x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('\'').toString();
    }

    private static void append(StringBuilder quoted, String text, int at, char c) {
        int point = text.codePointAt(at);
        if (point > 0xFFFF) {
            quoted.appendCodePoint(point);
        } else if (c < ' ' || c == 0x7F || Character.isSurrogate(c)) {
            quoted.append("\\u%04x".formatted((int) c));
        } else {
            quoted.append(c);
        }
    }

    static String real(double value) {
        if (Double.isNaN(value)) {
            return "float('nan')";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "1e999" : "-1e999";
        }
        return Double.toString(value).replace('E', 'e');
    }
}
