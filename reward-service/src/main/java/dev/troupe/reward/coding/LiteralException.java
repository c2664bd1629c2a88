package dev.troupe.reward.coding;

/** Text that is not what the tests of a task may hold. */
final class LiteralException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param line counted from 1 */
    LiteralException(int line, String problem) {
        super("line %d: %s".formatted(line, problem));
    }
}
