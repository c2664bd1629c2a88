package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.PythonValue.Text;

/** Python's one-line strings with their escapes; adjacent ones are joined, as Python does. */
final class StringLiteral {

    private final Cursor cursor;

    StringLiteral(Cursor cursor) {
        this.cursor = cursor;
    }

    Text read() throws LiteralException {
        var text = new StringBuilder();
        do {
            one(text);
            cursor.skipBlanks();
        } while (cursor.peek() == '\'' || cursor.peek() == '"' || cursor.atStringPrefix());
        return new Text(text.toString());
    }

    private void one(StringBuilder text) throws LiteralException {
        char quote = cursor.next();
        boolean raw = quote == 'r' || quote == 'R';
        if (quote != '\'' && quote != '"') {
            quote = cursor.next();
        }
        int start = text.length();
        for (char c = cursor.next(); c != quote; c = cursor.next()) {
            if (c == '\n') {
                throw cursor.problem("a string goes beyond its line");
            }
            if (c != '\\') {
                text.append(c);
            } else if (raw) {
                text.append(c).append(cursor.next());
            } else {
                escape(text);
            }
        }
        if (text.length() == start && cursor.peek() == quote) {
            throw cursor.problem("strings in three quotes are not taken");
        }
    }

    private void escape(StringBuilder text) throws LiteralException {
        char c = cursor.next();
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'a' -> text.append('\u0007');
            case 'v' -> text.append('\u000B');
            case '\\', '\'', '"' -> text.append(c);
            case '\n' -> {
                // A backslash at the end of a line joins it with the next one.
            }
            case 'x' -> text.appendCodePoint(hexadecimal(2));
            case 'u' -> text.append((char) hexadecimal(4));
            case 'U' -> appendPoint(text, hexadecimal(8));
            case '0' -> text.append('\0');
            default -> throw cursor.problem("the escape \\%c is not taken".formatted(c));
        }
    }

    private void appendPoint(StringBuilder text, int point) throws LiteralException {
        if (!Character.isValidCodePoint(point)) {
            throw cursor.problem("no such character: %x".formatted(point));
        }
        text.appendCodePoint(point);
    }

    private int hexadecimal(int digits) throws LiteralException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(cursor.next(), 16);
            if (digit < 0) {
                throw cursor.problem("an escape needs %d hexadecimal digits".formatted(digits));
            }
            value = value * 16 + digit;
        }
        return value;
    }
}
