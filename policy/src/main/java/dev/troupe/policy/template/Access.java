package dev.troupe.policy.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Attributes, items and slices of values. */
final class Access {
    private final Semantics semantics;
    private final Methods methods;

    Access(Semantics semantics) {
        this.semantics = semantics;
        this.methods = new Methods(semantics);
    }

    /** {@code target.name}: as in Jinja, a method comes before a key. */
    Value attribute(Value target, String name) {
        semantics.budget().spend(1);
        if (target instanceof Value.Undefined(String missing)) {
            throw new EvaluationException("'" + missing + "' is undefined, so it has no '" + name + "'");
        }
        if (target instanceof Value.Namespace(var attributes)) {
            return attributes.getOrDefault(name, new Value.Undefined(name));
        }
        Optional<Value> method = methods.find(target, name);
        return method.orElseGet(
                () -> target instanceof Value.Dict dict ? entry(dict, Text.own(name)) : new Value.Undefined(name));
    }

    /** {@code target[index]}. */
    Value item(Value target, Value index) {
        semantics.budget().spendFor(index);
        return switch (target) {
            case Value.Undefined(String missing) ->
                throw new EvaluationException("'" + missing + "' is undefined, so it has no items");
            case Value.Dict dict
            when index instanceof Text key -> {
                Value found = entry(dict, key);
                yield found instanceof Value.Undefined ? attribute(target, key.toString()) : found;
            }
            case Value.Sequence(List<Value> items)
            when index instanceof Value.Int(long number) -> {
                long at = number < 0 ? number + items.size() : number;
                yield at >= 0 && at < items.size() ? items.get((int) at) : new Value.Undefined("item " + number);
            }
            case Text text
            when index instanceof Value.Int(long number) -> {
                long size = semantics.length(text);
                long at = number < 0 ? number + size : number;
                yield at >= 0 && at < size
                        ? text.substring(text.offset((int) at), text.offset((int) at + 1))
                        : new Value.Undefined("character " + number);
            }
            default ->
                index instanceof Text name
                        ? attribute(target, name.toString())
                        : new Value.Undefined("item of " + target.kind());
        };
    }

    private static Value entry(Value.Dict dict, Text key) {
        return dict.entries().getOrDefault(key, new Value.Undefined(key.toString()));
    }

    /** {@code target[start:stop:step]}, where none stands for what is left out. */
    Value slice(Value target, Value start, Value stop, Value step) {
        long stride = step == Value.None.NONE ? 1 : bound(step);
        if (stride == 0) {
            throw new EvaluationException("the step of a slice is 0");
        }
        return switch (target) {
            case Value.Undefined _ -> new Value.Sequence(List.of());
            case Value.Sequence(List<Value> items) -> {
                List<Value> chosen = new ArrayList<>();
                for (int index : indices(items.size(), start, stop, stride)) {
                    chosen.add(items.get(index));
                }
                yield new Value.Sequence(chosen);
            }
            case Text text
            when stride == 1 -> {
                int size = (int) semantics.length(text);
                int[] range = indices(size, start, stop, 1);
                yield range.length == 0
                        ? Text.EMPTY
                        : text.substring(text.offset(range[0]), text.offset(range[range.length - 1] + 1));
            }
            case Text text -> {
                List<Value> characters = semantics.iterate(text);
                List<Value> chosen = new ArrayList<>();
                for (int index : indices(characters.size(), start, stop, stride)) {
                    chosen.add(characters.get(index));
                }
                yield semantics.join(chosen, Text.EMPTY);
            }
            default -> throw new EvaluationException("cannot slice " + target.kind());
        };
    }

    private int[] indices(int size, Value start, Value stop, long stride) {
        semantics.budget().spend(1L + size);
        long lowest = stride > 0 ? 0 : -1;
        long highest = stride > 0 ? size : size - 1L;
        long from = start == Value.None.NONE ? (stride > 0 ? lowest : highest) : clamp(start, size, lowest, highest);
        long to = stop == Value.None.NONE ? (stride > 0 ? highest : lowest) : clamp(stop, size, lowest, highest);
        int[] indices = new int[size];
        int count = 0;
        for (long at = from; stride > 0 ? at < to : at > to; at += stride) {
            indices[count++] = (int) at;
            if (Math.abs(stride) > size) {
                break;
            }
        }
        return Arrays.copyOf(indices, count);
    }

    private static long clamp(Value bound, int size, long lowest, long highest) {
        long value = bound(bound);
        return Math.clamp(value < 0 ? value + size : value, lowest, highest);
    }

    private static long bound(Value value) {
        if (value instanceof Value.Int(long number)) {
            return number;
        }
        throw new EvaluationException("a slice needs integers, not " + value.kind());
    }
}
