package dev.troupe.reward.coding;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a text. Space inside of brackets includes line ends; {@link #skipBlanks} is for outside of them. */
final class Cursor {

    /** What {@link #peek} gives at the end; no text of a test holds it, see {@link HiddenTests}. */
    static final char END = '\0';

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern STRING_PREFIX = Pattern.compile("[rRuU]['\"]");

    private final String text;
    private int at;

    Cursor(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return at == text.length();
    }

    char peek() {
        return atEnd() ? END : text.charAt(at);
    }

    char next() throws LiteralException {
        if (atEnd()) {
            throw problem("the text ends too early");
        }
        return text.charAt(at++);
    }

    /** Skips blanks, line ends and comments. */
    void skipSpace() {
        skipBlanks();
        while (peek() == '\n' || peek() == '\r') {
            at++;
            skipBlanks();
        }
    }

    /** Skips blanks and a comment up to the end of the line. */
    void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
        if (peek() == '#') {
            while (!atEnd() && peek() != '\n') {
                at++;
            }
        }
    }

    /** Whether the next character after space is this one; if so it is taken. */
    boolean accept(char c) {
        skipSpace();
        if (peek() != c || atEnd()) {
            return false;
        }
        at++;
        return true;
    }

    void expect(char c) throws LiteralException {
        if (!accept(c)) {
            throw problem("expected '%c' but found %s".formatted(c, found()));
        }
    }

    void expect(String symbol) throws LiteralException {
        skipBlanks();
        if (!text.startsWith(symbol, at)) {
            throw problem("expected '%s' but found %s".formatted(symbol, found()));
        }
        at += symbol.length();
    }

    String name() throws LiteralException {
        skipBlanks();
        return match(NAME);
    }

    boolean atNameCharacter() {
        return !atEnd() && (Character.isLetterOrDigit(peek()) || peek() == '_');
    }

    boolean atStringPrefix() {
        return matcher(STRING_PREFIX).lookingAt();
    }

    String match(Pattern pattern) throws LiteralException {
        Matcher matcher = matcher(pattern);
        if (!matcher.lookingAt()) {
            throw problem("expected a literal but found " + found());
        }
        at = matcher.end();
        return matcher.group();
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length());
    }

    private String found() {
        if (atEnd()) {
            return "the end";
        }
        int end = text.indexOf('\n', at);
        String rest = text.substring(at, end < 0 ? text.length() : end).strip();
        if (rest.isEmpty()) {
            return "the end of the line";
        }
        return "'" + (rest.length() > 40 ? rest.substring(0, 40) + "..." : rest) + "'";
    }

    LiteralException problem(String problem) {
        int line =
                1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
        return new LiteralException(line, problem);
    }
}
