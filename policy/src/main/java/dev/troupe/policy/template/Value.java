package dev.troupe.policy.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a template computes with: Python's values, as far as chat templates need them. */
sealed interface Value
        permits Text,
                Value.Int,
                Value.Real,
                Value.Bool,
                Value.None,
                Value.Undefined,
                Value.Sequence,
                Value.Dict,
                Value.Namespace,
                Value.Function {

    record Int(long value) implements Value {}

    record Real(double value) implements Value {}

    record Bool(boolean value) implements Value {}

    enum None implements Value {
        NONE
    }

    /** What a template finds under a name, key or index that is not there. */
    record Undefined(String name) implements Value {}

    /** A list or tuple. */
    record Sequence(List<Value> items) implements Value {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** A dict whose keys are strings, in their order. */
    record Dict(Map<Text, Value> entries) implements Value {
        public Dict {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        List<Value> items() {
            List<Value> items = new ArrayList<>();
            entries.forEach((key, value) -> items.add(new Sequence(List.of(key, value))));
            return items;
        }
    }

    /** What {@code namespace()} makes: the one value that a template may change. */
    record Namespace(Map<String, Value> attributes) implements Value {}

    /** A method, macro or global function. */
    @FunctionalInterface
    non-sealed interface Function extends Value {
        Value call(Arguments arguments);
    }

    /** Python's truth. */
    default boolean truth() {
        return switch (this) {
            case Text text -> !text.isEmpty();
            case Int(long value) -> value != 0;
            case Real(double value) -> value != 0;
            case Bool(boolean value) -> value;
            case None _, Undefined _ -> false;
            case Sequence(List<Value> items) -> !items.isEmpty();
            case Dict(Map<Text, Value> entries) -> !entries.isEmpty();
            case Namespace _, Function _ -> true;
        };
    }

    default String kind() {
        return switch (this) {
            case Text _ -> "a string";
            case Int _ -> "an integer";
            case Real _ -> "a float";
            case Bool _ -> "a boolean";
            case None _ -> "none";
            case Undefined(String name) -> "undefined ('" + name + "')";
            case Sequence _ -> "a list";
            case Dict _ -> "a dict";
            case Namespace _ -> "a namespace";
            case Function _ -> "a function";
        };
    }

    /**
     * A Java value as a template sees it: strings become foreign text, {@link Text} stays what it is, null is none.
     *
     * @throws IllegalArgumentException for a class that has no counterpart
     */
    static Value of(@Nullable Object object) {
        return switch (object) {
            case null -> None.NONE;
            case Value value -> value;
            case String string -> Text.foreign(string);
            case Boolean bool -> new Bool(bool);
            case Integer integer -> new Int(integer);
            case Long integer -> new Int(integer);
            case Double real -> new Real(real);
            case List<?> list -> new Sequence(list.stream().map(Value::of).toList());
            case Map<?, ?> map -> {
                Map<Text, Value> entries = new LinkedHashMap<>();
                map.forEach((key, value) -> entries.put(Text.foreign(String.valueOf(key)), of(value)));
                yield new Dict(entries);
            }
            default -> throw new IllegalArgumentException("a template cannot see " + object.getClass());
        };
    }
}
