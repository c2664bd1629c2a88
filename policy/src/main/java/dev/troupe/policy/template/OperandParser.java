package dev.troupe.policy.template;

import dev.troupe.policy.template.Expression.Entry;
import dev.troupe.policy.template.Expression.Inputs;
import dev.troupe.policy.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what operators stand between: literals, names, brackets, and what is written behind them. */
final class OperandParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression primary() {
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
                Expression inside = expressions.tuple();
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
            items.add(expressions.expression());
            if (!tokens.peek().is(Kind.OPERATOR, "]")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        return new Expression.ListOf(List.copyOf(items));
    }

    private Expression dict() {
        List<Entry> entries = new ArrayList<>();
        while (!tokens.acceptOperator("}")) {
            Expression key = expressions.expression();
            tokens.expect(Kind.OPERATOR, ":");
            entries.add(new Entry(key, expressions.expression()));
            if (!tokens.peek().is(Kind.OPERATOR, "}")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        return new Expression.DictOf(List.copyOf(entries));
    }

    Expression postfix(Expression first) {
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
                : Optional.of(expressions.expression());
    }

    private Inputs inputs() {
        tokens.expect(Kind.OPERATOR, "(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.acceptOperator(")")) {
            if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().is(Kind.OPERATOR, "=")) {
                String name = tokens.expectName();
                tokens.next();
                named.put(name, expressions.expression());
            } else {
                positional.add(expressions.expression());
            }
            if (!tokens.peek().is(Kind.OPERATOR, ")")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        return new Inputs(List.copyOf(positional), Map.copyOf(named));
    }

    Expression filtersAndTests(Expression first) {
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
