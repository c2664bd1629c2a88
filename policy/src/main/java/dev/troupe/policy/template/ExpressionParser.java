package dev.troupe.policy.template;

import dev.troupe.policy.template.Expression.Entry;
import dev.troupe.policy.template.Expression.Inputs;
import dev.troupe.policy.template.Expression.Link;
import dev.troupe.policy.template.Expression.Operator;
import dev.troupe.policy.template.Expression.Relation;
import dev.troupe.policy.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads expressions, with the precedence of Jinja 3.1 (its parser.py); one method per level. */
final class ExpressionParser {
    private static final int MAX_DEPTH = 64;

    private final TokenStream tokens;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** An expression, or a tuple of them without parentheses. */
    Expression tuple() {
        return tupleFrom(expression());
    }

    private Expression tupleFrom(Expression first) {
        if (!tokens.peek().is(Kind.OPERATOR, ",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.acceptOperator(",") && !atEndOfTuple()) {
            items.add(expression());
        }
        return new Expression.ListOf(items);
    }

    private boolean atEndOfTuple() {
        Token token = tokens.peek();
        return token.kind() == Kind.BLOCK_END || token.kind() == Kind.PRINT_END || token.is(Kind.OPERATOR, ")");
    }

    Expression expression() {
        if (++depth > MAX_DEPTH) {
            throw tokens.failure("expressions are nested more than " + MAX_DEPTH + " deep");
        }
        Expression result = or();
        while (tokens.accept(Kind.NAME, "if")) {
            Expression condition = or();
            Optional<Expression> otherwise =
                    tokens.accept(Kind.NAME, "else") ? Optional.of(expression()) : Optional.empty();
            result = new Expression.Conditional(condition, result, otherwise);
        }
        depth--;
        return result;
    }

    /** An expression that an {@code if} behind it does not belong to. */
    Expression or() {
        Expression left = and();
        while (tokens.accept(Kind.NAME, "or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.accept(Kind.NAME, "and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        int negations = 0;
        while (tokens.accept(Kind.NAME, "not")) {
            negations++;
        }
        Expression operand = comparison();
        if (negations == 0) {
            return operand;
        }
        Expression negated = new Expression.Not(operand);
        return negations % 2 == 1 ? negated : new Expression.Not(negated);
    }

    private Expression comparison() {
        Expression first = sum();
        List<Link> links = new ArrayList<>();
        for (Optional<Relation> relation = relation(); relation.isPresent(); relation = relation()) {
            links.add(new Link(relation.get(), sum()));
        }
        return links.isEmpty() ? first : new Expression.Comparison(first, List.copyOf(links));
    }

    private Optional<Relation> relation() {
        if (tokens.peek().is(Kind.NAME, "not") && tokens.peekSecond().is(Kind.NAME, "in")) {
            tokens.next();
            tokens.next();
            return Optional.of(Relation.NOT_IN);
        }
        for (Relation relation : Relation.values()) {
            Kind kind = relation == Relation.IN ? Kind.NAME : Kind.OPERATOR;
            if (tokens.accept(kind, relation.symbol())) {
                return Optional.of(relation);
            }
        }
        return Optional.empty();
    }

    private Expression sum() {
        Expression left = concatenation();
        while (true) {
            Token token = tokens.peek();
            if (tokens.acceptOperator("+")) {
                left = new Expression.Binary(Operator.ADD, left, concatenation());
            } else if (tokens.acceptOperator("-")) {
                left = new Expression.Binary(Operator.SUBTRACT, left, concatenation());
            } else if (token.is(Kind.OPERATOR, "**")) {
                throw tokens.failure("the operator '**' is not supported");
            } else {
                return left;
            }
        }
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.acceptOperator("~")) {
            left = new Expression.Binary(Operator.CONCATENATE, left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary(true);
        while (true) {
            Optional<Operator> operator = productOperator();
            if (operator.isEmpty()) {
                return left;
            }
            left = new Expression.Binary(operator.get(), left, unary(true));
        }
    }

    private Optional<Operator> productOperator() {
        for (Operator operator : List.of(Operator.MULTIPLY, Operator.FLOOR_DIVIDE, Operator.DIVIDE, Operator.MODULO)) {
            if (tokens.acceptOperator(operator.symbol())) {
                return Optional.of(operator);
            }
        }
        return Optional.empty();
    }

    private Expression unary(boolean withFilters) {
        Expression result;
        if (tokens.acceptOperator("-")) {
            if (++depth > MAX_DEPTH) {
                throw tokens.failure("expressions are nested more than " + MAX_DEPTH + " deep");
            }
            result = new Expression.Negative(unary(false));
            depth--;
        } else {
            result = primary();
        }
        result = postfix(result);
        return withFilters ? filtersAndTests(result) : result;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> name(token.text());
            case STRING -> new Expression.Constant(Text.own(string(token.text())));
            case INTEGER -> new Expression.Constant(integer(token));
            case FLOAT -> new Expression.Constant(new Value.Real(Double.parseDouble(token.text())));
            case OPERATOR -> bracketed(token);
            default -> throw new TemplateException(token.line(), "expected a value, found " + token.describe());
        };
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(new Value.Bool(true));
            case "false", "False" -> new Expression.Constant(new Value.Bool(false));
            case "none", "None" -> new Expression.Constant(Value.None.NONE);
            default -> new Expression.Name(name);
        };
    }

    /** Strings that stand side by side are one. */
    private String string(String first) {
        StringBuilder joined = new StringBuilder(first);
        while (tokens.peek().kind() == Kind.STRING) {
            joined.append(tokens.next().text());
        }
        return joined.toString();
    }

    private static Value integer(Token token) {
        try {
            return new Value.Int(Long.parseLong(token.text()));
        } catch (NumberFormatException e) {
            throw new TemplateException(token.line(), "the integer " + token.text() + " has more than 64 bits");
        }
    }

    private Expression bracketed(Token open) {
        return switch (open.text()) {
            case "(" -> {
                if (tokens.acceptOperator(")")) {
                    yield new Expression.ListOf(List.of());
                }
                Expression inside = tuple();
                tokens.expect(Kind.OPERATOR, ")");
                yield inside;
            }
            case "[" -> list();
            case "{" -> dict();
            default -> throw new TemplateException(open.line(), "expected a value, found " + open.describe());
        };
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.acceptOperator("]")) {
            items.add(expression());
            if (!tokens.peek().is(Kind.OPERATOR, "]")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        return new Expression.ListOf(List.copyOf(items));
    }

    private Expression dict() {
        List<Entry> entries = new ArrayList<>();
        while (!tokens.acceptOperator("}")) {
            Expression key = expression();
            tokens.expect(Kind.OPERATOR, ":");
            entries.add(new Entry(key, expression()));
            if (!tokens.peek().is(Kind.OPERATOR, "}")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        return new Expression.DictOf(List.copyOf(entries));
    }

    private Expression postfix(Expression first) {
        Expression result = first;
        while (true) {
            if (tokens.acceptOperator(".")) {
                result = tokens.peek().kind() == Kind.INTEGER
                        ? new Expression.Item(result, new Expression.Constant(integer(tokens.next())))
                        : new Expression.Attribute(result, tokens.expectName());
            } else if (tokens.acceptOperator("[")) {
                result = subscript(result);
            } else if (tokens.peek().is(Kind.OPERATOR, "(")) {
                result = new Expression.Call(result, inputs());
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression target) {
        Optional<Expression> start = slicePart();
        if (start.isPresent() && tokens.acceptOperator("]")) {
            return new Expression.Item(target, start.get());
        }
        tokens.expect(Kind.OPERATOR, ":");
        Optional<Expression> stop = slicePart();
        Optional<Expression> step = tokens.acceptOperator(":") ? slicePart() : Optional.empty();
        tokens.expect(Kind.OPERATOR, "]");
        return new Expression.Slice(target, start, stop, step);
    }

    private Optional<Expression> slicePart() {
        Token token = tokens.peek();
        return token.is(Kind.OPERATOR, ":") || token.is(Kind.OPERATOR, "]")
                ? Optional.empty()
                : Optional.of(expression());
    }

    private Inputs inputs() {
        tokens.expect(Kind.OPERATOR, "(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.acceptOperator(")")) {
            if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().is(Kind.OPERATOR, "=")) {
                String name = tokens.expectName();
                tokens.next();
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
            if (!tokens.peek().is(Kind.OPERATOR, ")")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        return new Inputs(List.copyOf(positional), Map.copyOf(named));
    }

    private Expression filtersAndTests(Expression first) {
        Expression result = first;
        while (true) {
            if (tokens.acceptOperator("|")) {
                String name = tokens.expectName();
                if (!Filters.has(name)) {
                    throw tokens.failure("the filter '" + name + "' is not supported");
                }
                result = new Expression.Filter(result, name, optionalInputs());
            } else if (tokens.accept(Kind.NAME, "is")) {
                result = test(result);
            } else if (tokens.peek().is(Kind.OPERATOR, "(")) {
                result = new Expression.Call(result, inputs());
            } else {
                return result;
            }
        }
    }

    private Inputs optionalInputs() {
        return tokens.peek().is(Kind.OPERATOR, "(") ? inputs() : Inputs.NONE;
    }

    private Expression test(Expression target) {
        boolean negated = tokens.accept(Kind.NAME, "not");
        String name = tokens.expectName();
        if (!Tests.has(name)) {
            throw tokens.failure("the test '" + name + "' is not supported");
        }
        Inputs inputs = beginsOperand(tokens.peek()) ? operand() : optionalInputs();
        Expression test = new Expression.Test(target, name, inputs);
        return negated ? new Expression.Not(test) : test;
    }

    /** A test's argument without parentheses: {@code x is in y}. */
    private Inputs operand() {
        return new Inputs(List.of(postfix(primary())), Map.of());
    }

    private static boolean beginsOperand(Token token) {
        return switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !List.of("else", "or", "and", "if", "is", "not", "in").contains(token.text());
            case OPERATOR -> "[{".contains(token.text());
            default -> false;
        };
    }
}
