package dev.troupe.policy.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of a call, by position and by name. */
record Arguments(List<Value> positional, Map<String, Value> named) {
    Arguments {
        positional = List.copyOf(positional);
        named = Map.copyOf(named);
    }

    Optional<Value> find(int position, String name) {
        return position < positional.size()
                ? Optional.of(positional.get(position))
                : Optional.ofNullable(named.get(name));
    }

    Value get(int position, String name) {
        return find(position, name)
                .orElseThrow(() -> new EvaluationException("the argument '" + name + "' is missing"));
    }

    Text text(int position, String name) {
        return asText(get(position, name), name);
    }

    /** Empty when it is absent or none. */
    Optional<Text> findText(int position, String name) {
        return find(position, name).filter(value -> value != Value.None.NONE).map(value -> asText(value, name));
    }

    private static Text asText(Value value, String name) {
        if (value instanceof Text text) {
            return text;
        }
        throw new EvaluationException("the argument '" + name + "' must be a string, not " + value.kind());
    }

    long integer(int position, String name, long otherwise) {
        Optional<Value> value = find(position, name);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (value.get() instanceof Value.Int(long number)) {
            return number;
        }
        throw new EvaluationException("the argument '" + name + "' must be an integer, not "
                + value.get().kind());
    }

    Arguments from(int position) {
        return new Arguments(positional.subList(Math.min(position, positional.size()), positional.size()), named);
    }
}
