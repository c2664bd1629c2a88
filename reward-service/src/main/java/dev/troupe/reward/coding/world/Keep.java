package dev.troupe.reward.coding.world;

/** The first clause of a list program: which numbers stay. The constant is named {@code n}. */
enum Keep {
    EVEN("Keep the even numbers.", "x % 2 == 0", 0, 0),
    ODD("Keep the odd numbers.", "x % 2 == 1", 0, 0),
    POSITIVE("Keep the positive numbers.", "x > 0", 0, 0),
    NEGATIVE("Keep the negative numbers.", "x < 0", 0, 0),
    ABOVE("Keep numbers above {n}.", "x > {n}", 1, 9),
    BELOW("Keep numbers below {n}.", "x < {n}", 1, 9),
    MULTIPLE("Keep multiples of {n}.", "x % {n} == 0", 3, 9),
    OTHER_THAN_MULTIPLE("Drop multiples of {n}.", "x % {n} != 0", 2, 9),
    OTHER_THAN("Drop the number {n}.", "x != {n}", 1, 9);

    private final Clause clause;

    Keep(String words, String code, int least, int greatest) {
        this.clause = new Clause(words, code, least, greatest);
    }

    Clause clause() {
        return clause;
    }

    boolean test(long x, int n) {
        return switch (this) {
            case EVEN -> Math.floorMod(x, 2) == 0;
            case ODD -> Math.floorMod(x, 2) == 1;
            case POSITIVE -> x > 0;
            case NEGATIVE -> x < 0;
            case ABOVE -> x > n;
            case BELOW -> x < n;
            case MULTIPLE -> Math.floorMod(x, n) == 0;
            case OTHER_THAN_MULTIPLE -> Math.floorMod(x, n) != 0;
            case OTHER_THAN -> x != n;
        };
    }
}
