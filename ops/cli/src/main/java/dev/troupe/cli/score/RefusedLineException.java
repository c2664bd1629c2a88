package dev.troupe.cli.score;

import static java.util.Objects.requireNonNull;

/** A line that cannot be scored; the message is the verdict that its output line carries. */
final class RefusedLineException extends Exception {

    private static final long serialVersionUID = 1;

    /** @param verdict of the environment, which begins with its reason */
    RefusedLineException(String verdict) {
        super(requireNonNull(verdict, "verdict is null"));
    }

    RefusedLineException(Problem problem, String detail) {
        super(requireNonNull(problem, "problem is null") + ": " + detail);
    }
}
