package dev.troupe.reward.coding;

import static java.util.Objects.requireNonNull;

/**
 * How one test went.
 *
 * @param told what an author may be told of a test that failed; empty when there is nothing to tell
 */
record TestOutcome(boolean passed, String told) {

    static final TestOutcome PASSED = new TestOutcome(true, "");

    TestOutcome {
        requireNonNull(told, "told is null");
    }

    static TestOutcome failed(String told) {
        return new TestOutcome(false, told);
    }
}
