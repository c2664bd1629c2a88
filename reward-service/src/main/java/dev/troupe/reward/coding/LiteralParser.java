package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.DictOf;
import dev.troupe.reward.sandbox.PythonValue.Entry;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.PythonValue.Real;
import dev.troupe.reward.sandbox.PythonValue.SetOf;
import dev.troupe.reward.sandbox.PythonValue.TupleOf;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads Python literals: numbers, strings, booleans, None, lists, tuples, dicts and sets of them. Anything that would
 * have to be computed is refused.
 */
final class LiteralParser {

    private static final int MAX_DEPTH = 50;
    private static final Pattern INTEGER = Pattern.compile("0(_?0)*|[1-9](_?\\d)*");
    private static final Pattern REAL =
            Pattern.compile("(\\d(_?\\d)*\\.?(\\d(_?\\d)*)?|\\.\\d(_?\\d)*)([eE][+-]?\\d(_?\\d)*)?");

    private final Cursor cursor;
    private final StringLiteral strings;
    private int depth;

    LiteralParser(Cursor cursor) {
        this.cursor = cursor;
        this.strings = new StringLiteral(cursor);
    }

    PythonValue value() throws LiteralException {
        if (++depth > MAX_DEPTH) {
            throw cursor.problem("nested deeper than " + MAX_DEPTH);
        }
        cursor.skipSpace();
        char c = cursor.peek();
        PythonValue value =
                switch (c) {
                    case '[' -> new ListOf(items('[', ']'));
                    case '(' -> parenthesised();
                    case '{' -> braced();
                    case '-', '+' -> signed();
                    case '\'', '"' -> strings.read();
                    default -> Character.isDigit(c) || c == '.' ? number(false) : named();
                };
        depth--;
        return value;
    }

    /** Values between the brackets, a comma after the last one allowed. */
    List<PythonValue> items(char open, char close) throws LiteralException {
        cursor.expect(open);
        var items = new ArrayList<PythonValue>();
        while (!cursor.accept(close)) {
            items.add(value());
            if (!cursor.accept(',')) {
                cursor.expect(close);
                break;
            }
        }
        return items;
    }

    private PythonValue parenthesised() throws LiteralException {
        cursor.expect('(');
        if (cursor.accept(')')) {
            return new TupleOf(List.of());
        }
        PythonValue first = value();
        if (cursor.accept(')')) {
            return first;
        }
        var items = new ArrayList<>(List.of(first));
        while (cursor.accept(',')) {
            if (cursor.accept(')')) {
                return new TupleOf(items);
            }
            items.add(value());
        }
        cursor.expect(')');
        return new TupleOf(items);
    }

    private PythonValue braced() throws LiteralException {
        cursor.expect('{');
        if (cursor.accept('}')) {
            return new DictOf(List.of());
        }
        PythonValue first = key();
        boolean dict = cursor.accept(':');
        var entries = new ArrayList<Entry>();
        entries.add(new Entry(first, dict ? value() : first));
        while (!cursor.accept('}')) {
            cursor.expect(',');
            if (cursor.accept('}')) {
                break;
            }
            PythonValue key = key();
            if (dict) {
                cursor.expect(':');
            }
            entries.add(new Entry(key, dict ? value() : key));
        }
        return dict
                ? new DictOf(entries)
                : new SetOf(entries.stream().map(Entry::key).toList());
    }

    private PythonValue key() throws LiteralException {
        PythonValue key = value();
        if (!key.hashable()) {
            throw cursor.problem("%s cannot be a key or a member of a set".formatted(key.literal()));
        }
        return key;
    }

    private PythonValue signed() throws LiteralException {
        boolean negative = cursor.next() == '-';
        cursor.skipSpace();
        char c = cursor.peek();
        if (!Character.isDigit(c) && c != '.') {
            throw cursor.problem("a sign stands before a number only");
        }
        return number(negative);
    }

    private PythonValue number(boolean negative) throws LiteralException {
        String text = cursor.match(REAL);
        String digits = text.replace("_", "");
        if (cursor.atNameCharacter()) {
            throw cursor.problem("not a decimal number");
        }
        if (digits.chars().allMatch(Character::isDigit)) {
            if (!INTEGER.matcher(text).matches()) {
                throw cursor.problem("'%s' is not a number in Python".formatted(text));
            }
            var integer = new BigInteger(digits);
            return new Int(negative ? integer.negate() : integer);
        }
        double real = Double.parseDouble(digits);
        return new Real(negative ? -real : real);
    }

    private PythonValue named() throws LiteralException {
        if (cursor.atStringPrefix()) {
            return strings.read();
        }
        String name = cursor.name();
        return switch (name) {
            case "None" -> new None();
            case "True" -> new Bool(true);
            case "False" -> new Bool(false);
            case "set" -> {
                cursor.expect('(');
                cursor.expect(')');
                yield new SetOf(List.of());
            }
            default -> throw cursor.problem("'%s' is not a literal".formatted(name));
        };
    }
}
