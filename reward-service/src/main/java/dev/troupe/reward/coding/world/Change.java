package dev.troupe.reward.coding.world;

/**
 * The second clause of a list program: what becomes of each number. Division and remainder round down, as in Python.
 */
enum Change {
    ADD("Add {n} to each.", "x + {n}", 1, 9),
    SUBTRACT("Subtract {n} from each.", "x - {n}", 1, 9),
    MULTIPLY("Multiply each by {n}.", "x * {n}", 2, 9),
    SQUARE("Square each.", "x * x", 0, 0),
    NEGATE("Negate each.", "-x", 0, 0),
    SUBTRACT_FROM("Subtract each from {n}.", "{n} - x", 1, 9),
    REMAINDER("Take each modulo {n}.", "x % {n}", 3, 9),
    DIVIDE("Divide each by {n}, rounding down.", "x // {n}", 2, 9),
    DOUBLE_AND_ADD("Double each, then add {n}.", "2 * x + {n}", 1, 9),
    SQUARE_AND_SUBTRACT("Square each, then subtract {n}.", "x * x - {n}", 1, 9);

    private final Clause clause;

    Change(String words, String code, int least, int greatest) {
        this.clause = new Clause(words, code, least, greatest);
    }

    Clause clause() {
        return clause;
    }

    long apply(long x, int n) {
        return switch (this) {
            case ADD -> x + n;
            case SUBTRACT -> x - n;
            case MULTIPLY -> x * n;
            case SQUARE -> x * x;
            case NEGATE -> -x;
            case SUBTRACT_FROM -> n - x;
            case REMAINDER -> Math.floorMod(x, n);
            case DIVIDE -> Math.floorDiv(x, n);
            case DOUBLE_AND_ADD -> 2 * x + n;
            case SQUARE_AND_SUBTRACT -> x * x - n;
        };
    }
}
