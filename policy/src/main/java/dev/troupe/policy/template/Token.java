package dev.troupe.policy.template;

/** A piece of template source; a string's text is already unescaped. */
record Token(Kind kind, String text, int line) {
    enum Kind {
        DATA,
        BLOCK_BEGIN,
        BLOCK_END,
        PRINT_BEGIN,
        PRINT_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind wanted, String wantedText) {
        return kind == wanted && text.equals(wantedText);
    }

    String describe() {
        return kind == Kind.END ? "the end of the template" : "'" + text + "'";
    }
}
