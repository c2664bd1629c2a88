package dev.troupe.policy.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An expression of a template. */
sealed interface Expression {
    record Constant(Value value) implements Expression {}

    record Name(String name) implements Expression {}

    record Attribute(Expression target, String name) implements Expression {}

    record Item(Expression target, Expression index) implements Expression {}

    record Slice(Expression target, Optional<Expression> start, Optional<Expression> stop, Optional<Expression> step)
            implements Expression {}

    record Call(Expression target, Inputs inputs) implements Expression {}

    record Filter(Expression target, String name, Inputs inputs) implements Expression {}

    record Test(Expression target, String name, Inputs inputs) implements Expression {}

    record Not(Expression operand) implements Expression {}

    record Negative(Expression operand) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Binary(Operator operator, Expression left, Expression right) implements Expression {}

    /** Python's chain: {@code a < b < c}. */
    record Comparison(Expression first, List<Link> links) implements Expression {}

    record Link(Relation relation, Expression operand) {}

    record Conditional(Expression condition, Expression then, Optional<Expression> otherwise) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record DictOf(List<Entry> entries) implements Expression {}

    record Entry(Expression key, Expression value) {}

    /** What a call, filter or test is given. */
    record Inputs(List<Expression> positional, Map<String, Expression> named) {
        static final Inputs NONE = new Inputs(List.of(), Map.of());
    }

    /** Operators that compute. */
    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        MODULO("%"),
        CONCATENATE("~");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    /** Operators that compare. */
    enum Relation {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">="),
        IN("in"),
        NOT_IN("not in");

        private final String symbol;

        Relation(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }
}
