package dev.troupe.policy.template;

import java.util.Map;

/** Jinja's tests: what may follow {@code is}. */
final class Tests {
    private static final Map<String, Test> TESTS = Map.ofEntries(
            Map.entry("defined", (_, value, _) -> !(value instanceof Value.Undefined)),
            Map.entry("undefined", (_, value, _) -> value instanceof Value.Undefined),
            Map.entry("none", (_, value, _) -> value == Value.None.NONE),
            Map.entry("string", (_, value, _) -> value instanceof Text),
            Map.entry("mapping", (_, value, _) -> value instanceof Value.Dict),
            Map.entry("iterable", (_, value, _) -> isSequence(value) || value instanceof Value.Undefined),
            Map.entry("sequence", (_, value, _) -> isSequence(value)),
            Map.entry("number", (_, value, _) -> Numbers.isNumber(value)),
            Map.entry("integer", (_, value, _) -> value instanceof Value.Int),
            Map.entry("float", (_, value, _) -> value instanceof Value.Real),
            Map.entry("boolean", (_, value, _) -> value instanceof Value.Bool),
            Map.entry("true", (_, value, _) -> value instanceof Value.Bool(boolean bool) && bool),
            Map.entry("false", (_, value, _) -> value instanceof Value.Bool(boolean bool) && !bool),
            Map.entry("callable", (_, value, _) -> value instanceof Value.Function),
            Map.entry("odd", (_, value, _) -> parity(value) == 1),
            Map.entry("even", (_, value, _) -> parity(value) == 0),
            Map.entry("equalto", (semantics, value, in) -> semantics.equal(value, in.get(0, "other"))),
            Map.entry("eq", (semantics, value, in) -> semantics.equal(value, in.get(0, "other"))),
            Map.entry("ne", (semantics, value, in) -> !semantics.equal(value, in.get(0, "other"))),
            Map.entry("lt", (semantics, value, in) -> semantics.compare(value, in.get(0, "other")) < 0),
            Map.entry("le", (semantics, value, in) -> semantics.compare(value, in.get(0, "other")) <= 0),
            Map.entry("gt", (semantics, value, in) -> semantics.compare(value, in.get(0, "other")) > 0),
            Map.entry("ge", (semantics, value, in) -> semantics.compare(value, in.get(0, "other")) >= 0),
            Map.entry("in", (semantics, value, in) -> semantics.contains(in.get(0, "seq"), value)));

    private final Semantics semantics;

    @FunctionalInterface
    private interface Test {
        boolean holds(Semantics semantics, Value value, Arguments in);
    }

    Tests(Semantics semantics) {
        this.semantics = semantics;
    }

    static boolean has(String name) {
        return TESTS.containsKey(name);
    }

    boolean holds(String name, Value value, Arguments in) {
        Test test = TESTS.get(name);
        if (test == null) {
            throw new EvaluationException("the test '" + name + "' is not supported");
        }
        return test.holds(semantics, value, in);
    }

    private static boolean isSequence(Value value) {
        return value instanceof Text || value instanceof Value.Sequence || value instanceof Value.Dict;
    }

    private static long parity(Value value) {
        if (value instanceof Value.Int(long number)) {
            return Math.floorMod(number, 2);
        }
        throw new EvaluationException("only an integer is odd or even, not " + value.kind());
    }
}
