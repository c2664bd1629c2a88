package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;
import static dev.troupe.reward.coding.CodingPrompts.MAIN;
import static dev.troupe.reward.coding.CodingPrompts.SINGLE;

import dev.troupe.reward.coding.HiddenTests.Literals;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.Task;
import java.util.List;

/**
 * What the coding environment reads of a task.
 *
 * @param entryPoint function that the tests call
 * @param roles who plays
 * @param prompt the work in words, or Python that ends with the function to write
 * @param test the hidden tests as they were written
 * @param tests the same, read
 * @param scorer the rules of judgement
 */
record CodingTask(String entryPoint, List<String> roles, String prompt, String test, HiddenTests tests, Scorer scorer) {

    private static final int MAX_TURNS = 4;

    CodingTask {
        roles = List.copyOf(roles);
    }

    static CodingTask of(Task task) throws InvalidTaskException {
        String entryPoint = task.getFields().getOrDefault("entry_point", MAIN);
        if (!entryPoint.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new InvalidTaskException("fields.entry_point is not a Python name: '%s'".formatted(entryPoint));
        }
        if (entryPoint.equals(HELPER)) {
            throw new InvalidTaskException("fields.entry_point is 'helper', which is the helper's function");
        }
        if (task.getPrompt().isBlank()) {
            throw new InvalidTaskException("the prompt is empty");
        }
        if (task.getMaxTurns() < 1 || task.getMaxTurns() > MAX_TURNS) {
            throw new InvalidTaskException(
                    "maxTurns is %d, the coding environment plays 1 to %d".formatted(task.getMaxTurns(), MAX_TURNS));
        }
        String test = task.getFields().get("test");
        if (test == null || test.isBlank()) {
            throw new InvalidTaskException("fields.test is missing; it holds the hidden asserts");
        }
        HiddenTests tests = HiddenTests.of(test, entryPoint);
        Scorer scorer = Scorer.of(task);
        if (scorer == Scorer.QUICK && !(tests instanceof Literals)) {
            throw new InvalidTaskException("fields.scorer is 'quick', which takes asserts on literals only");
        }
        return new CodingTask(entryPoint, roles(task), task.getPrompt(), test, tests, scorer);
    }

    static List<String> roles(Task task) throws InvalidTaskException {
        return switch (task.getCollaboration()) {
            case "parallel" -> List.of(HELPER, MAIN);
            case "single" -> List.of(SINGLE);
            default ->
                throw new InvalidTaskException(
                        "collaboration '%s' is not one of: parallel, single".formatted(task.getCollaboration()));
        };
    }

    boolean hasHelper() {
        return roles.contains(HELPER);
    }

    /** The function that the role is to write. */
    String functionOf(String role) {
        return role.equals(HELPER) ? HELPER : entryPoint;
    }

    /** What the prompt defines before the function to write, run before the program and before the tests. */
    String context() {
        return PromptText.context(prompt, entryPoint);
    }
}
