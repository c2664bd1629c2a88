package dev.troupe.reward.coding;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.environment.InvalidTaskException;
import java.util.List;
import java.util.regex.Pattern;

/** What the field {@code test} of a task holds. */
sealed interface HiddenTests {

    /** Asserts on literals: the calls go into the sandbox, the answers are compared outside of it. */
    record Literals(List<Assertion> assertions) implements HiddenTests {
        public Literals {
            assertions = List.copyOf(assertions);
        }
    }

    /**
     * Any other Python: asserts at the top, or in HumanEval's function {@code check(candidate)}. It runs in an
     * interpreter that the program is not in.
     */
    record Code(String text) implements HiddenTests {
        public Code {
            requireNonNull(text, "text is null");
        }
    }

    /** Longest text of tests, characters. */
    int MAX_LENGTH = 200_000;

    Pattern ASSERT = Pattern.compile("(?m)^\\s*assert\\b");

    /**
     * Reads the tests. Python that is not made of literals is only looked at here; whether it parses is known once it
     * is in the sandbox.
     *
     * @throws InvalidTaskException when there are none, or no program could pass them
     */
    static HiddenTests of(String test, String entryPoint) throws InvalidTaskException {
        if (test.length() > MAX_LENGTH) {
            throw new InvalidTaskException(
                    "fields.test has %d characters, at most %d are taken".formatted(test.length(), MAX_LENGTH));
        }
        if (test.indexOf('\0') >= 0) {
            throw new InvalidTaskException("fields.test holds a NUL character");
        }
        if (!ASSERT.matcher(test).find()) {
            throw new InvalidTaskException("fields.test holds no assert");
        }
        try {
            return new Literals(Assertions.parse(test, entryPoint));
        } catch (LiteralException e) {
            if (Pattern.compile("\\b(candidate|" + entryPoint + ")\\b")
                    .matcher(test)
                    .find()) {
                return new Code(test);
            }
            throw new InvalidTaskException(
                    "fields.test calls neither '%s' nor 'candidate' (%s)".formatted(entryPoint, e.getMessage()));
        }
    }
}
