package dev.troupe.policy.template;

import dev.troupe.policy.template.Expression.Link;
import dev.troupe.policy.template.Expression.Operator;
import dev.troupe.policy.template.Expression.Relation;
import dev.troupe.policy.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads expressions, with the precedence of Jinja 3.1 (its parser.py); one method per level. */
final class ExpressionParser {
    private static final int MAX_DEPTH = 64;

    private final TokenStream tokens;
    private final OperandParser operands;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
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
            result = operands.primary();
        }
        result = operands.postfix(result);
        return withFilters ? operands.filtersAndTests(result) : result;
    }
}
