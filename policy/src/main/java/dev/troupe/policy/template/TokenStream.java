package dev.troupe.policy.template;

import dev.troupe.policy.template.Token.Kind;
import java.util.List;

/** The tokens of a template, read one after the other. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peekSecond() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    boolean accept(Kind kind, String text) {
        if (!peek().is(kind, text)) {
            return false;
        }
        next();
        return true;
    }

    boolean acceptOperator(String text) {
        return accept(Kind.OPERATOR, text);
    }

    void expect(Kind kind, String text) {
        if (!accept(kind, text)) {
            throw failure("expected '" + text + "', found " + peek().describe());
        }
    }

    String expectName() {
        if (peek().kind() != Kind.NAME) {
            throw failure("expected a name, found " + peek().describe());
        }
        return next().text();
    }

    TemplateException failure(String problem) {
        return new TemplateException(peek().line(), problem);
    }
}
