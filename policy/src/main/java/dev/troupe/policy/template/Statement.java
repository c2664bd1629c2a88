package dev.troupe.policy.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A part of a template that is rendered; what evaluates an expression knows the line of its tag. */
sealed interface Statement {
    record Data(Text text) implements Statement {}

    record Print(int line, Expression expression) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(int line, Expression condition, List<Statement> body) {}

    /** {@code for targets in iterable if condition}; a loop without a round renders {@code otherwise}. */
    record For(
            int line,
            List<String> targets,
            Expression iterable,
            Optional<Expression> condition,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Set(int line, List<String> targets, Expression value) implements Statement {}

    record SetAttribute(int line, String namespace, String attribute, Expression value) implements Statement {}

    /** {@code set name} with a body in place of a value. */
    record Capture(String name, List<Statement> body) implements Statement {}

    /** Parameters keep their order; one without a default is undefined when a call leaves it out. */
    record Macro(String name, Map<String, Optional<Expression>> parameters, List<Statement> body)
            implements Statement {}

    /** The body of {@code generation}, which marks what an assistant says; it renders as if it were not there. */
    record Generation(List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}
}
