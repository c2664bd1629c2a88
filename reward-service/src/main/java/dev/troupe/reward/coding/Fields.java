package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.DictOf;
import dev.troupe.reward.sandbox.PythonValue.Entry;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dict with names for keys, as the judge's scripts take and give them. */
final class Fields {

    private final Map<String, PythonValue> values = new LinkedHashMap<>();

    Fields with(String name, PythonValue value) {
        values.put(name, value);
        return this;
    }

    Fields with(String name, String value) {
        return with(name, new Text(value));
    }

    Fields with(String name, boolean value) {
        return with(name, new Bool(value));
    }

    Fields with(String name, List<String> values) {
        return with(name, new ListOf(values.stream().<PythonValue>map(Text::new).toList()));
    }

    PythonValue dict() {
        return new DictOf(values.entrySet().stream()
                .map(entry -> new Entry(new Text(entry.getKey()), entry.getValue()))
                .toList());
    }

    /**
     * Reads what a script gave.
     *
     * @throws IllegalStateException when it is not a dict with names for keys, which no script of ours gives
     */
    static Fields of(PythonValue value) {
        var fields = new Fields();
        if (!(value instanceof DictOf(List<Entry> entries))) {
            throw unexpected("a dict", value);
        }
        for (Entry entry : entries) {
            fields.values.put(text(entry.key()), entry.value());
        }
        return fields;
    }

    String text(String name) {
        return text(value(name));
    }

    boolean flag(String name) {
        return value(name) instanceof Bool(boolean flag) && flag;
    }

    int number(String name) {
        return value(name) instanceof Int(var number) ? number.intValue() : 0;
    }

    List<PythonValue> list(String name) {
        return value(name) instanceof ListOf(List<PythonValue> items) ? items : List.of();
    }

    PythonValue value(String name) {
        PythonValue value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("the script gave no '%s'".formatted(name));
        }
        return value;
    }

    private static String text(PythonValue value) {
        if (!(value instanceof Text(String text))) {
            throw unexpected("a text", value);
        }
        return text;
    }

    private static IllegalStateException unexpected(String wanted, PythonValue value) {
        return new IllegalStateException("the script gave %s instead of %s".formatted(value.literal(), wanted));
    }
}
