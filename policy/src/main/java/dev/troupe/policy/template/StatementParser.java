package dev.troupe.policy.template;

import dev.troupe.policy.template.Token.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the tags of a template. Tags that chat templates have no use for are refused by name. */
final class StatementParser {
    private static final int MAX_DEPTH = 32;

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;

    StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    List<Statement> template() {
        return body(List.of());
    }

    /** Statements up to a tag of one of these names, whose name is then next; or to the end of the template. */
    private List<Statement> body(List<String> ends) {
        if (++depth > MAX_DEPTH) {
            throw tokens.failure("tags are nested more than " + MAX_DEPTH + " deep");
        }
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            switch (token.kind()) {
                case DATA ->
                    statements.add(new Statement.Data(Text.own(tokens.next().text())));
                case PRINT_BEGIN -> {
                    tokens.next();
                    statements.add(new Statement.Print(token.line(), expressions.tuple()));
                    tokens.expect(Kind.PRINT_END, "}}");
                }
                case BLOCK_BEGIN -> {
                    if (ends.contains(tokens.peekSecond().text())) {
                        tokens.next();
                        depth--;
                        return statements;
                    }
                    tokens.next();
                    statements.add(tag(token.line()));
                }
                case END -> {
                    if (!ends.isEmpty()) {
                        throw tokens.failure("the tag '" + ends.getLast() + "' is missing");
                    }
                    depth--;
                    return statements;
                }
                default -> throw tokens.failure("unexpected " + token.describe());
            }
        }
    }

    private Statement tag(int line) {
        String name = tokens.expectName();
        return switch (name) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> set(line);
            case "macro" -> macro();
            case "generation" -> {
                endTag();
                yield new Statement.Generation(bodyTo("endgeneration"));
            }
            case "break" -> {
                insideLoop(name);
                yield new Statement.Break();
            }
            case "continue" -> {
                insideLoop(name);
                yield new Statement.Continue();
            }
            case "elif", "else", "endif", "endfor", "endset", "endmacro", "endgeneration" ->
                throw new TemplateException(line, "nothing is open that '" + name + "' could close");
            default -> throw new TemplateException(line, "the tag '" + name + "' is not supported");
        };
    }

    private void insideLoop(String name) {
        if (loops == 0) {
            throw tokens.failure("'" + name + "' stands outside of a loop");
        }
        endTag();
    }

    private void endTag() {
        tokens.expect(Kind.BLOCK_END, "%}");
    }

    private List<Statement> bodyTo(String end) {
        List<Statement> body = body(List.of(end));
        tokens.expectName();
        endTag();
        return body;
    }

    private Statement conditional(int line) {
        List<Statement.Branch> branches = new ArrayList<>();
        int branchLine = line;
        while (true) {
            Expression condition = expressions.tuple();
            endTag();
            branches.add(new Statement.Branch(branchLine, condition, body(List.of("elif", "else", "endif"))));
            branchLine = tokens.peek().line();
            String end = tokens.expectName();
            if (end.equals("elif")) {
                continue;
            }
            endTag();
            List<Statement> otherwise = end.equals("else") ? bodyTo("endif") : List.of();
            return new Statement.If(List.copyOf(branches), otherwise);
        }
    }

    private Statement loop(int line) {
        List<String> targets = targets();
        tokens.expect(Kind.NAME, "in");
        Expression iterable = expressions.or();
        Optional<Expression> condition =
                tokens.accept(Kind.NAME, "if") ? Optional.of(expressions.expression()) : Optional.empty();
        if (tokens.peek().is(Kind.NAME, "recursive")) {
            throw tokens.failure("recursive loops are not supported");
        }
        endTag();
        loops++;
        List<Statement> body = body(List.of("else", "endfor"));
        loops--;
        String end = tokens.expectName();
        endTag();
        List<Statement> otherwise = end.equals("else") ? bodyTo("endfor") : List.of();
        return new Statement.For(line, targets, iterable, condition, body, otherwise);
    }

    private List<String> targets() {
        boolean parenthesized = tokens.acceptOperator("(");
        List<String> targets = new ArrayList<>();
        do {
            targets.add(tokens.expectName());
        } while (tokens.acceptOperator(","));
        if (parenthesized) {
            tokens.expect(Kind.OPERATOR, ")");
        }
        return List.copyOf(targets);
    }

    private Statement set(int line) {
        List<String> targets = targets();
        String name = targets.getFirst();
        if (tokens.acceptOperator(".")) {
            String attribute = tokens.expectName();
            tokens.expect(Kind.OPERATOR, "=");
            Expression value = expressions.tuple();
            endTag();
            return new Statement.SetAttribute(line, name, attribute, value);
        }
        if (tokens.acceptOperator("=")) {
            Expression value = expressions.tuple();
            endTag();
            return new Statement.Set(line, targets, value);
        }
        if (tokens.peek().kind() != Kind.BLOCK_END || targets.size() > 1) {
            throw tokens.failure("expected '=', found " + tokens.peek().describe());
        }
        endTag();
        return new Statement.Capture(name, bodyTo("endset"));
    }

    private Statement macro() {
        String name = tokens.expectName();
        tokens.expect(Kind.OPERATOR, "(");
        Map<String, Optional<Expression>> parameters = new LinkedHashMap<>();
        while (!tokens.acceptOperator(")")) {
            String parameter = tokens.expectName();
            parameters.put(
                    parameter, tokens.acceptOperator("=") ? Optional.of(expressions.expression()) : Optional.empty());
            if (!tokens.peek().is(Kind.OPERATOR, ")")) {
                tokens.expect(Kind.OPERATOR, ",");
            }
        }
        endTag();
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = bodyTo("endmacro");
        loops = outerLoops;
        return new Statement.Macro(name, Collections.unmodifiableMap(parameters), body);
    }
}
