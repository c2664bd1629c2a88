package dev.troupe.reward.coding;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.sandbox.PythonValue;

/**
 * One hidden test.
 *
 * @param call the expression to evaluate, written anew from its parsed arguments; the only part that leaves the judge
 * @param expected what it must give
 */
record Assertion(String call, PythonValue expected) {

    Assertion {
        requireNonNull(call, "call is null");
        requireNonNull(expected, "expected is null");
    }
}
