package dev.troupe.reward.coding;

import static java.util.stream.Collectors.joining;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Reads the tests of a task: {@code assert main([1, -2, 3]) == 12}, one after the other, with literal arguments and a
 * literal answer. {@code candidate} stands for the entry point as well, and HumanEval's line {@code def
 * check(candidate):} is skipped.
 */
final class Assertions {

    private static final int MAX_COUNT = 500;
    private static final String CANDIDATE = "candidate";

    private final Cursor cursor;
    private final LiteralParser literals;
    private final String entryPoint;

    private Assertions(String test, String entryPoint) {
        this.cursor = new Cursor(test);
        this.literals = new LiteralParser(cursor);
        this.entryPoint = entryPoint;
    }

    /**
     * All assertions, each different one once.
     *
     * @param test without NUL characters
     * @throws LiteralException naming the first line that is anything else, which does not make it a bad test
     * @throws InvalidTaskException when there are none or too many
     */
    static List<Assertion> parse(String test, String entryPoint) throws LiteralException, InvalidTaskException {
        return new Assertions(test, entryPoint).read();
    }

    private List<Assertion> read() throws LiteralException, InvalidTaskException {
        var assertions = new LinkedHashSet<Assertion>();
        for (cursor.skipSpace(); !cursor.atEnd(); cursor.skipSpace()) {
            String keyword = cursor.name();
            switch (keyword) {
                case "def" -> header();
                case "assert" -> assertions.add(assertion());
                default -> throw cursor.problem("'%s' is not 'assert'".formatted(keyword));
            }
        }
        if (assertions.isEmpty()) {
            throw new InvalidTaskException("fields.test holds no assert");
        }
        if (assertions.size() > MAX_COUNT) {
            throw new InvalidTaskException(
                    "fields.test holds %d asserts, at most %d are taken".formatted(assertions.size(), MAX_COUNT));
        }
        return new ArrayList<>(assertions);
    }

    private void header() throws LiteralException {
        cursor.expect("check(candidate):");
    }

    private Assertion assertion() throws LiteralException {
        String function = cursor.name();
        if (!function.equals(entryPoint) && !function.equals(CANDIDATE)) {
            throw cursor.problem("'%s' is not the entry point '%s'".formatted(function, entryPoint));
        }
        List<PythonValue> arguments = literals.items('(', ')');
        cursor.expect("==");
        PythonValue expected = literals.value();
        cursor.skipBlanks();
        if (!cursor.atEnd() && cursor.peek() != '\n' && cursor.peek() != '\r') {
            throw cursor.problem("more than one literal after '=='");
        }
        String call = entryPoint + arguments.stream().map(PythonValue::literal).collect(joining(", ", "(", ")"));
        return new Assertion(call, expected);
    }
}
