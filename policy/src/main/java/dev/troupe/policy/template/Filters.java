package dev.troupe.policy.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Jinja's filters, as far as chat templates use them. */
final class Filters {
    private static final int MAX_INDENT = 16;

    private static final Map<String, Filter> FILTERS = Map.ofEntries(
            Map.entry("trim", (filters, value, in) -> filters.trim(value, in)),
            Map.entry("length", (filters, value, _) -> new Value.Int(filters.semantics.length(value))),
            Map.entry("count", (filters, value, _) -> new Value.Int(filters.semantics.length(value))),
            Map.entry("default", (_, value, in) -> orDefault(value, in)),
            Map.entry("d", (_, value, in) -> orDefault(value, in)),
            Map.entry("tojson", (filters, value, in) -> filters.toJson(value, in)),
            Map.entry("string", (filters, value, _) -> filters.semantics.text(value)),
            // Output is not escaped, so there is nothing to mark as safe.
            Map.entry("safe", (filters, value, _) -> filters.semantics.text(value)),
            Map.entry("upper", (filters, value, _) -> {
                Text text = filters.semantics.text(value);
                return text.withChars(text.toString().toUpperCase(Locale.ROOT));
            }),
            Map.entry("lower", (filters, value, _) -> {
                Text text = filters.semantics.text(value);
                return text.withChars(text.toString().toLowerCase(Locale.ROOT));
            }),
            Map.entry("capitalize", (filters, value, _) -> Methods.capitalize(filters.semantics.text(value))),
            Map.entry("replace", (filters, value, in) -> filters.replace(value, in)),
            Map.entry("join", (filters, value, in) -> filters.join(value, in)),
            Map.entry("first", (filters, value, _) -> first(filters.semantics.iterate(value))),
            Map.entry(
                    "last",
                    (filters, value, _) ->
                            first(filters.semantics.iterate(value).reversed())),
            Map.entry("list", (filters, value, _) -> new Value.Sequence(filters.semantics.iterate(value))),
            Map.entry("reverse", (filters, value, _) -> filters.reverse(value)),
            Map.entry("items", (filters, value, _) -> filters.items(value)),
            Map.entry("map", (filters, value, in) -> filters.map(value, in)),
            Map.entry("select", (filters, value, in) -> filters.select(value, in, true)),
            Map.entry("reject", (filters, value, in) -> filters.select(value, in, false)),
            Map.entry("selectattr", (filters, value, in) -> filters.selectByAttribute(value, in, true)),
            Map.entry("rejectattr", (filters, value, in) -> filters.selectByAttribute(value, in, false)),
            Map.entry("int", (_, value, _) -> toInt(value)));

    private final Semantics semantics;
    private final Access access;
    private final Tests tests;

    @FunctionalInterface
    private interface Filter {
        Value apply(Filters filters, Value value, Arguments in);
    }

    Filters(Semantics semantics, Access access, Tests tests) {
        this.semantics = semantics;
        this.access = access;
        this.tests = tests;
    }

    static boolean has(String name) {
        return FILTERS.containsKey(name);
    }

    Value apply(String name, Value value, Arguments in) {
        Filter filter = FILTERS.get(name);
        if (filter == null) {
            throw new EvaluationException("the filter '" + name + "' is not supported");
        }
        semantics.budget().spendFor(value);
        return semantics.budget().spendFor(filter.apply(this, value, in));
    }

    private Value trim(Value value, Arguments in) {
        return semantics.strip(semantics.text(value), in.findText(0, "chars"), true, true);
    }

    private static Value orDefault(Value value, Arguments in) {
        boolean replacesFalse = in.find(1, "boolean").map(Value::truth).orElse(false);
        boolean missing = value instanceof Value.Undefined || (replacesFalse && !value.truth());
        return missing ? in.find(0, "default_value").orElse(Text.EMPTY) : value;
    }

    private Value toJson(Value value, Arguments in) {
        for (String option : List.of("separators", "sort_keys")) {
            if (in.named().containsKey(option)) {
                throw new EvaluationException("tojson: the option '" + option + "' is not supported");
            }
        }
        if (in.find(0, "ensure_ascii").map(Value::truth).orElse(false)) {
            throw new EvaluationException("tojson: ensure_ascii=true is not supported");
        }
        Optional<Value> indent = in.find(1, "indent").filter(level -> level != Value.None.NONE);
        long width = indent.isPresent() ? in.integer(1, "indent", 0) : 0;
        if (width < 0 || width > MAX_INDENT || (width == 0 && indent.isPresent())) {
            throw new EvaluationException("tojson: indent must be in [1, " + MAX_INDENT + "]: " + width);
        }
        return JsonText.of(value, " ".repeat((int) width), semantics.budget());
    }

    private Value replace(Value value, Arguments in) {
        long most = in.integer(2, "count", -1);
        return semantics.replace(
                semantics.text(value), in.text(0, "old"), in.text(1, "new"), most < 0 ? Long.MAX_VALUE : most);
    }

    private Value join(Value value, Arguments in) {
        List<Value> items = semantics.iterate(value);
        if (in.find(1, "attribute").isPresent()) {
            String attribute = in.text(1, "attribute").toString();
            items = items.stream().map(item -> path(item, attribute)).toList();
        }
        return semantics.join(items, in.findText(0, "d").orElse(Text.EMPTY));
    }

    private static Value first(List<Value> items) {
        return items.isEmpty() ? new Value.Undefined("first or last of nothing") : items.getFirst();
    }

    private Value reverse(Value value) {
        List<Value> reversed = semantics.iterate(value).reversed();
        return value instanceof Text ? semantics.join(reversed, Text.EMPTY) : new Value.Sequence(reversed);
    }

    private Value items(Value value) {
        return switch (value) {
            case Value.Dict dict -> new Value.Sequence(dict.items());
            case Value.Undefined _ -> new Value.Sequence(List.of());
            default -> throw new EvaluationException("the filter 'items' needs a dict, not " + value.kind());
        };
    }

    private Value map(Value value, Arguments in) {
        List<Value> items = semantics.iterate(value);
        Optional<Value> attribute = Optional.ofNullable(in.named().get("attribute"));
        if (attribute.isPresent()) {
            String path = semantics.text(attribute.get()).toString();
            Optional<Value> otherwise = Optional.ofNullable(in.named().get("default"));
            return new Value.Sequence(items.stream()
                    .map(item -> path(item, path))
                    .map(found -> found instanceof Value.Undefined ? otherwise.orElse(found) : found)
                    .toList());
        }
        String filter = in.text(0, "filter").toString();
        return new Value.Sequence(
                items.stream().map(item -> apply(filter, item, in.from(1))).toList());
    }

    private Value select(Value value, Arguments in, boolean wanted) {
        return new Value.Sequence(semantics.iterate(value).stream()
                .filter(item -> holds(item, in) == wanted)
                .toList());
    }

    private Value selectByAttribute(Value value, Arguments in, boolean wanted) {
        String path = in.text(0, "attribute").toString();
        return new Value.Sequence(semantics.iterate(value).stream()
                .filter(item -> holds(path(item, path), in.from(1)) == wanted)
                .toList());
    }

    private boolean holds(Value item, Arguments in) {
        if (in.positional().isEmpty()) {
            return item.truth();
        }
        return tests.holds(in.text(0, "test").toString(), item, in.from(1));
    }

    /** An attribute, or several joined by dots; keys come before methods here. */
    private Value path(Value value, String path) {
        Value found = value;
        List<Value> names = new ArrayList<>(Text.own(path).split(".", Long.MAX_VALUE));
        for (Value name : names) {
            found = access.item(found, name);
        }
        return found;
    }

    private static Value toInt(Value value) {
        return switch (value) {
            case Value.Int number -> number;
            case Value.Bool(boolean bool) -> new Value.Int(bool ? 1 : 0);
            case Value.Real(double number) -> new Value.Int((long) number);
            case Text text -> {
                try {
                    yield new Value.Int(Long.parseLong(text.strip().toString()));
                } catch (NumberFormatException e) {
                    yield new Value.Int(0);
                }
            }
            default -> new Value.Int(0);
        };
    }
}
