package dev.troupe.policy.template;

import dev.troupe.policy.template.Expression.Inputs;
import dev.troupe.policy.template.Expression.Link;
import dev.troupe.policy.template.Expression.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes expressions. */
final class Evaluator {
    /** An expression in one tag is not as deep; macros that call each other inside of expressions are. */
    private static final int MAX_DEPTH = 1200;

    private final Semantics semantics;
    private final Access access;
    private final Tests tests;
    private final Filters filters;
    private int depth;

    Evaluator(Semantics semantics) {
        this.semantics = semantics;
        this.access = new Access(semantics);
        this.tests = new Tests(semantics);
        this.filters = new Filters(semantics, access, tests);
    }

    Value evaluate(Expression expression, Scope scope) {
        semantics.budget().spend(1);
        if (++depth > MAX_DEPTH) {
            throw new EvaluationException("expressions are nested more than " + MAX_DEPTH + " deep");
        }
        Value value = compute(expression, scope);
        depth--;
        return value;
    }

    private Value compute(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant(Value value) -> value;
            case Expression.Name(String name) -> scope.get(name);
            case Expression.Attribute(Expression target, String name) ->
                access.attribute(evaluate(target, scope), name);
            case Expression.Item(Expression target, Expression index) ->
                access.item(evaluate(target, scope), evaluate(index, scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call(Expression target, Inputs inputs) -> call(target, inputs, scope);
            case Expression.Filter(Expression target, String name, Inputs inputs) ->
                filters.apply(name, evaluate(target, scope), arguments(inputs, scope));
            case Expression.Test(Expression target, String name, Inputs inputs) ->
                new Value.Bool(tests.holds(name, evaluate(target, scope), arguments(inputs, scope)));
            case Expression.Not(Expression operand) ->
                new Value.Bool(!evaluate(operand, scope).truth());
            case Expression.Negative(Expression operand) -> Numbers.negative(evaluate(operand, scope));
            case Expression.And(Expression left, Expression right) -> {
                Value first = evaluate(left, scope);
                yield first.truth() ? evaluate(right, scope) : first;
            }
            case Expression.Or(Expression left, Expression right) -> {
                Value first = evaluate(left, scope);
                yield first.truth() ? first : evaluate(right, scope);
            }
            case Expression.Binary(Operator operator, Expression left, Expression right) ->
                semantics.budget().spendFor(binary(operator, evaluate(left, scope), evaluate(right, scope)));
            case Expression.Comparison(Expression first, List<Link> links) -> compare(first, links, scope);
            case Expression.Conditional conditional -> evaluate(conditional, scope);
            case Expression.ListOf(List<Expression> items) -> new Value.Sequence(evaluateAll(items, scope));
            case Expression.DictOf(List<Expression.Entry> entries) -> dict(entries, scope);
        };
    }

    private Value evaluate(Expression.Conditional conditional, Scope scope) {
        if (evaluate(conditional.condition(), scope).truth()) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise().isPresent()
                ? evaluate(conditional.otherwise().get(), scope)
                : new Value.Undefined("the missing else of an if");
    }

    private List<Value> evaluateAll(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>();
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Arguments arguments(Inputs inputs, Scope scope) {
        Map<String, Value> named = new LinkedHashMap<>();
        inputs.named().forEach((name, expression) -> named.put(name, evaluate(expression, scope)));
        return new Arguments(evaluateAll(inputs.positional(), scope), named);
    }

    private Value slice(Expression.Slice slice, Scope scope) {
        Value sliced = access.slice(
                evaluate(slice.target(), scope),
                bound(slice.start(), scope),
                bound(slice.stop(), scope),
                bound(slice.step(), scope));
        return semantics.budget().spendFor(sliced);
    }

    private Value bound(Optional<Expression> bound, Scope scope) {
        return bound.map(expression -> evaluate(expression, scope)).orElse(Value.None.NONE);
    }

    private Value call(Expression target, Inputs inputs, Scope scope) {
        Value callee = evaluate(target, scope);
        if (callee instanceof Value.Function function) {
            return semantics.budget().spendFor(function.call(arguments(inputs, scope)));
        }
        String called =
                switch (target) {
                    case Expression.Name(String name) -> name;
                    case Expression.Attribute attribute -> attribute.name();
                    default -> callee.kind();
                };
        throw new EvaluationException("the function '" + called + "' is not supported");
    }

    private Value binary(Operator operator, Value left, Value right) {
        if (operator == Operator.CONCATENATE) {
            return semantics.text(left).concat(semantics.text(right));
        }
        if (operator == Operator.ADD && left instanceof Text a && right instanceof Text b) {
            return a.concat(b);
        }
        if (operator == Operator.ADD
                && left instanceof Value.Sequence(List<Value> a)
                && right instanceof Value.Sequence(List<Value> b)) {
            List<Value> joined = new ArrayList<>(a);
            joined.addAll(b);
            return new Value.Sequence(joined);
        }
        if (operator == Operator.MULTIPLY && left instanceof Text text && right instanceof Value.Int(long times)) {
            long copies = Math.max(0, times);
            semantics.budget().spend(Math.multiplyHigh(copies, text.length() + 1L) != 0 ? Long.MAX_VALUE : copies);
            semantics.budget().spend(copies * (text.length() + 1L));
            var builder = new Text.Builder();
            for (long i = 0; i < copies; i++) {
                builder.append(text);
            }
            return builder.build();
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compute(operator, left, right);
        }
        throw new EvaluationException("cannot compute " + left.kind() + " " + operator.symbol() + " " + right.kind());
    }

    private Value compare(Expression first, List<Link> links, Scope scope) {
        Value left = evaluate(first, scope);
        for (Link link : links) {
            Value right = evaluate(link.operand(), scope);
            boolean holds =
                    switch (link.relation()) {
                        case EQUAL -> semantics.equal(left, right);
                        case NOT_EQUAL -> !semantics.equal(left, right);
                        case LESS -> semantics.compare(left, right) < 0;
                        case LESS_OR_EQUAL -> semantics.compare(left, right) <= 0;
                        case GREATER -> semantics.compare(left, right) > 0;
                        case GREATER_OR_EQUAL -> semantics.compare(left, right) >= 0;
                        case IN -> semantics.contains(right, left);
                        case NOT_IN -> !semantics.contains(right, left);
                    };
            if (!holds) {
                return new Value.Bool(false);
            }
            left = right;
        }
        return new Value.Bool(true);
    }

    private Value dict(List<Expression.Entry> entries, Scope scope) {
        Map<Text, Value> dict = new LinkedHashMap<>();
        for (Expression.Entry entry : entries) {
            if (!(evaluate(entry.key(), scope) instanceof Text key)) {
                throw new EvaluationException("only strings are supported as keys of a dict");
            }
            dict.put(key, evaluate(entry.value(), scope));
        }
        return new Value.Dict(dict);
    }
}
