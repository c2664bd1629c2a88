package dev.troupe.policy.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names and their values; what a loop or macro sets ends with it. */
final class Scope {
    private final Optional<Scope> outer;
    private final Map<String, Value> values;

    private Scope(Optional<Scope> outer, Map<String, Value> values) {
        this.outer = outer;
        this.values = new HashMap<>(values);
    }

    static Scope outermost(Map<String, Value> values) {
        return new Scope(Optional.empty(), values);
    }

    Scope inner(Map<String, Value> own) {
        return new Scope(Optional.of(this), own);
    }

    Value get(String name) {
        Value value = values.get(name);
        if (value != null) {
            return value;
        }
        return outer.map(scope -> scope.get(name)).orElseGet(() -> new Value.Undefined(name));
    }

    void set(String name, Value value) {
        values.put(name, value);
    }
}
