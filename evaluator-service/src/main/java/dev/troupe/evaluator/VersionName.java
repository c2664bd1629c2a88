package dev.troupe.evaluator;

/** How a setting names a version: {@code initial}, {@code previous}, or its number. */
sealed interface VersionName {

    /** Version 0: what training started from. */
    record Initial() implements VersionName {}

    /** The version that was evaluated before the one in question. */
    record Previous() implements VersionName {}

    record Exactly(int version) implements VersionName {}

    /** @throws IllegalArgumentException when it is none */
    static VersionName parse(String text) {
        if (text.equals("initial")) {
            return new Initial();
        }
        if (text.equals("previous")) {
            return new Previous();
        }
        if (text.matches("\\d{1,9}")) {
            return new Exactly(Integer.parseInt(text));
        }
        throw new IllegalArgumentException("'%s' is none of: initial, previous, a version's number".formatted(text));
    }
}
