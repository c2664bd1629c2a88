package dev.troupe.policy.template;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Characters, each of them known to be the template's own or foreign: from a message or another input. Every operation
 * keeps that knowledge, so that a foreign {@code <|im_end|>} can be told from the template's, whatever the template
 * does to a message. Two texts are equal when their characters are.
 */
public final class Text implements Value {
    private static final BitSet NONE = new BitSet();

    static final Text EMPTY = own("");

    private final String chars;
    private final BitSet foreign;

    private Text(String chars, BitSet foreign) {
        this.chars = chars;
        this.foreign = foreign;
    }

    /** Text of the template's author or of the tokenizer's files. */
    public static Text own(String chars) {
        return new Text(requireNonNull(chars, "chars is null"), NONE);
    }

    /** Text of anyone else. */
    public static Text foreign(String chars) {
        BitSet foreign = new BitSet();
        foreign.set(0, chars.length());
        return new Text(chars, foreign);
    }

    /** In UTF-16 units, as all indices here. */
    public int length() {
        return chars.length();
    }

    boolean isEmpty() {
        return chars.isEmpty();
    }

    /** Whether a character of [from, to) is foreign. */
    public boolean hasForeign(int from, int to) {
        int next = foreign.nextSetBit(from);
        return next >= 0 && next < to;
    }

    /** The characters in [from, to). */
    public Text substring(int from, int to) {
        return new Text(chars.substring(from, to), foreign.isEmpty() ? NONE : foreign.get(from, to));
    }

    /** Without white space, as Python sees it, at both ends. */
    public Text strip() {
        return strip(true, true);
    }

    /** Without white space at the end. */
    public Text stripTrailing() {
        return strip(false, true);
    }

    Text concat(Text other) {
        return new Builder().append(this).append(other).build();
    }

    /**
     * The same text with other characters, for changes of case. Where the length changes no character can be traced,
     * and all are foreign if one was.
     */
    Text withChars(String changed) {
        if (changed.length() == chars.length()) {
            return new Text(changed, foreign);
        }
        return foreign.isEmpty() ? own(changed) : foreign(changed);
    }

    /** Without white space at the chosen ends. */
    Text strip(boolean left, boolean right) {
        return strip(Text::isSpace, left, right);
    }

    /** Without the unwanted code points at the chosen ends. */
    Text strip(IntPredicate unwanted, boolean left, boolean right) {
        int from = 0;
        int to = chars.length();
        while (left && from < to && unwanted.test(chars.codePointAt(from))) {
            from += Character.charCount(chars.codePointAt(from));
        }
        while (right && from < to && unwanted.test(chars.codePointBefore(to))) {
            to -= Character.charCount(chars.codePointBefore(to));
        }
        return substring(from, to);
    }

    /** Python's str.isspace for one character. */
    static boolean isSpace(int codePoint) {
        return switch (codePoint) {
            case '\t', '\n', 0x0b, '\f', '\r', 0x1c, 0x1d, 0x1e, 0x1f, ' ', 0x85, 0xa0, 0x1680 -> true;
            case 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200a;
        };
    }

    /** How often a part occurs, without overlaps. */
    int count(String part) {
        int count = 0;
        for (int at = chars.indexOf(part); at >= 0; at = chars.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    Text replace(Text old, Text replacement, long most) {
        var builder = new Builder();
        int start = 0;
        int at = chars.indexOf(old.chars);
        for (long done = 0; at >= 0 && done < most; done++) {
            builder.append(substring(start, at)).append(replacement);
            start = at + old.length();
            at = chars.indexOf(old.chars, start);
        }
        return builder.append(substring(start, length())).build();
    }

    /** Python's split at a separator, from the left. */
    List<Value> split(String separator, long most) {
        List<Value> parts = new ArrayList<>();
        int start = 0;
        int at = chars.indexOf(separator);
        while (at >= 0 && parts.size() < most) {
            parts.add(substring(start, at));
            start = at + separator.length();
            at = chars.indexOf(separator, start);
        }
        parts.add(substring(start, length()));
        return parts;
    }

    /** Python's split at white space: no part is empty. */
    List<Value> words() {
        List<Value> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= length(); i++) {
            boolean inside = i < length() && !isSpace(chars.charAt(i));
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(substring(start, i));
                start = -1;
            }
        }
        return words;
    }

    /** Where the n-th code point begins; Python counts in code points. */
    int offset(int codePoints) {
        return chars.offsetByCodePoints(0, codePoints);
    }

    int codePoints() {
        return chars.codePointCount(0, chars.length());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Text text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }

    /** Collects texts. */
    static final class Builder {
        private final StringBuilder chars = new StringBuilder();
        private final BitSet foreign = new BitSet();

        Builder append(Text text) {
            int offset = chars.length();
            chars.append(text.chars);
            for (int from = text.foreign.nextSetBit(0); from >= 0; ) {
                int to = text.foreign.nextClearBit(from);
                foreign.set(offset + from, offset + to);
                from = text.foreign.nextSetBit(to);
            }
            return this;
        }

        /** What stands for one character of another text, such as an escape in JSON. */
        Builder append(String standIn, boolean isForeign) {
            int offset = chars.length();
            chars.append(standIn);
            foreign.set(offset, chars.length(), isForeign);
            return this;
        }

        Text build() {
            return new Text(chars.toString(), (BitSet) foreign.clone());
        }
    }
}
