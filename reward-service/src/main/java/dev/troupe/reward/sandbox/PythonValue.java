package dev.troupe.reward.sandbox;

import static java.util.stream.Collectors.joining;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A value of Python's plain built-in types. {@link #pythonEquals} compares as Python's {@code ==} does; {@code equals}
 * compares what is written, so it tells {@code 1} from {@code 1.0}.
 */
public sealed interface PythonValue {

    /** The longest integers that are written in decimal. */
    int MAX_DECIMAL_BITS = 8_192;

    record None() implements PythonValue {}

    record Bool(boolean value) implements PythonValue {}

    record Int(BigInteger value) implements PythonValue {
        public static Int of(long value) {
            return new Int(BigInteger.valueOf(value));
        }
    }

    record Real(double value) implements PythonValue {}

    record Text(String value) implements PythonValue {}

    /** Bytes, each as the character of its value, at most 255. */
    record Bytes(String latin1) implements PythonValue {
        public Bytes {
            if (latin1.chars().anyMatch(c -> c > 0xFF)) {
                throw new IllegalArgumentException("not bytes: a character above 255");
            }
        }
    }

    record ListOf(List<PythonValue> items) implements PythonValue {
        public ListOf {
            items = List.copyOf(items);
        }
    }

    record TupleOf(List<PythonValue> items) implements PythonValue {
        public TupleOf {
            items = List.copyOf(items);
        }
    }

    /** Items in the order in which they were written or iterated. */
    record SetOf(List<PythonValue> items) implements PythonValue {
        public SetOf {
            items = List.copyOf(items);
        }
    }

    /** Entries in the order in which they were written or iterated; of equal keys the last one counts. */
    record DictOf(List<Entry> entries) implements PythonValue {
        public DictOf {
            entries = List.copyOf(entries);
        }
    }

    record Entry(PythonValue key, PythonValue value) {}

    /**
     * Python's {@code ==}: numbers and booleans by value ({@code 1 == 1.0 == True}), a list never equals a tuple, sets
     * and dicts in any order, NaN equals nothing.
     */
    default boolean pythonEquals(PythonValue other) {
        return canonical(this).equals(canonical(other));
    }

    /** A literal that Python reads back as this value; NaN has none and gives an expression. */
    default String literal() {
        return switch (this) {
            case None() -> "None";
            case Bool(boolean value) -> value ? "True" : "False";
            // Digits of ten cost more than linear time, and Python takes no more than 4,300 of them.
            case Int(BigInteger value) ->
                value.bitLength() <= MAX_DECIMAL_BITS
                        ? value.toString()
                        : (value.signum() < 0 ? "-0x" : "0x") + value.abs().toString(16);
            case Real(double value) -> PythonText.real(value);
            case Text(String value) -> PythonText.quote(value);
            case Bytes(String latin1) -> "b" + PythonText.quoteBytes(latin1);
            case ListOf(List<PythonValue> items) -> "[" + literals(items) + "]";
            case TupleOf(List<PythonValue> items) -> "(" + literals(items) + (items.size() == 1 ? ",)" : ")");
            case SetOf(List<PythonValue> items) -> items.isEmpty() ? "set()" : "{" + literals(items) + "}";
            case DictOf(List<Entry> entries) ->
                entries.stream()
                        .map(entry ->
                                entry.key().literal() + ": " + entry.value().literal())
                        .collect(joining(", ", "{", "}"));
        };
    }

    /**
     * Items, characters and bytes that it is made of.
     *
     * @param enough counting stops beyond it
     */
    default long size(long enough) {
        return switch (this) {
            case None() -> 1;
            case Bool(boolean _) -> 1;
            case Real(double _) -> 1;
            case Int(BigInteger value) -> 1 + value.bitLength() / Byte.SIZE;
            case Text(String value) -> 1 + value.length();
            case Bytes(String latin1) -> 1 + latin1.length();
            case ListOf(List<PythonValue> items) -> size(items, enough);
            case TupleOf(List<PythonValue> items) -> size(items, enough);
            case SetOf(List<PythonValue> items) -> size(items, enough);
            case DictOf(List<Entry> entries) -> {
                long size = 1;
                for (Entry entry : entries) {
                    size += entry.key().size(enough) + entry.value().size(enough);
                    if (size > enough) {
                        break;
                    }
                }
                yield size;
            }
        };
    }

    private static long size(List<PythonValue> items, long enough) {
        long size = 1;
        for (PythonValue item : items) {
            size += item.size(enough);
            if (size > enough) {
                break;
            }
        }
        return size;
    }

    /** Whether Python can use it as the key of a dict or the member of a set. */
    default boolean hashable() {
        return switch (this) {
            case None _, Bool _, Int _, Real _, Text _, Bytes _ -> true;
            case TupleOf(List<PythonValue> items) -> items.stream().allMatch(PythonValue::hashable);
            case ListOf _, SetOf _, DictOf _ -> false;
        };
    }

    private static String literals(List<PythonValue> items) {
        return items.stream().map(PythonValue::literal).collect(joining(", "));
    }

    /** An object whose {@code equals} is Python's. */
    private static Object canonical(PythonValue value) {
        return switch (value) {
            case None none -> none;
            case Bool(boolean flag) -> flag ? BigInteger.ONE : BigInteger.ZERO;
            case Int(BigInteger number) -> number;
            case Real(double number) -> canonical(number);
            case Text(String text) -> text;
            case Bytes bytes -> bytes;
            case ListOf(List<PythonValue> items) -> new Sequence("list", canonical(items));
            case TupleOf(List<PythonValue> items) -> new Sequence("tuple", canonical(items));
            case SetOf(List<PythonValue> items) -> new HashSet<>(canonical(items));
            case DictOf(List<Entry> entries) -> {
                Map<Object, Object> map = new HashMap<>();
                entries.forEach(entry -> map.put(canonical(entry.key()), canonical(entry.value())));
                yield map;
            }
        };
    }

    private static List<Object> canonical(List<PythonValue> items) {
        return items.stream().map(PythonValue::canonical).toList();
    }

    private static Object canonical(double number) {
        if (Double.isNaN(number)) {
            return new Object();
        }
        boolean whole = Double.isFinite(number) && number == Math.rint(number);
        return whole ? (Object) new BigDecimal(number).toBigIntegerExact() : (Object) number;
    }

    /** A list or a tuple, which Python never takes for one another. */
    record Sequence(String kind, List<Object> items) {}
}
