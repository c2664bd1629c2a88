package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;
import static dev.troupe.reward.coding.CodingPrompts.MAIN;
import static dev.troupe.reward.coding.CodingPrompts.SINGLE;

import dev.troupe.reward.coding.HiddenTests.Literals;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the coding environment reads of a task.
 *
 * @param entryPoint function that the tests call
 * @param helper function that the helper writes
 * @param named whether the task says so
 * @param roles who plays
 * @param prompt the work in words, or Python that ends with the function to write
 * @param test the hidden tests as they were written
 * @param tests the same, read
 * @param scorer the rules of judgement
 */
record CodingTask(
        String entryPoint,
        String helper,
        boolean named,
        List<String> roles,
        String prompt,
        String test,
        HiddenTests tests,
        Scorer scorer) {

    /** The task's field that names the helper's function. */
    private static final String HELPER_FUNCTION = "helper_function";

    /** What the published environments call the helper's function. */
    private static final String PUBLISHED_HELPER = "aux";

    private static final Pattern PUBLISHED_DEFINITION = Pattern.compile("(?m)^def\\s+aux\\s*\\(");
    private static final Pattern OWN_DEFINITION = Pattern.compile("(?m)^((async\\s+)?def\\s+helper\\b|helper\\s*[:=])");

    private static final int MAX_TURNS = 4;

    CodingTask {
        roles = List.copyOf(roles);
    }

    static CodingTask of(Task task) throws InvalidTaskException {
        String entryPoint = task.getFields().getOrDefault("entry_point", MAIN);
        String helper = task.getFields().getOrDefault(HELPER_FUNCTION, HELPER);
        requireName("entry_point", entryPoint);
        requireName(HELPER_FUNCTION, helper);
        if (entryPoint.equals(helper)) {
            throw new InvalidTaskException(
                    "fields.entry_point is '%s', which is the helper's function".formatted(helper));
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
        return new CodingTask(
                entryPoint,
                helper,
                task.getFields().containsKey(HELPER_FUNCTION),
                roles(task),
                task.getPrompt(),
                test,
                tests,
                scorer);
    }

    private static void requireName(String field, String value) throws InvalidTaskException {
        if (!value.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new InvalidTaskException("fields.%s is not a Python name: '%s'".formatted(field, value));
        }
    }

    /**
     * The task as these completions take it: authors who were told of the published environments define {@code aux}
     * where ours are told to define {@code helper}. A task that names the function stands.
     *
     * @param completions one per role, in order
     */
    CodingTask readFor(List<String> completions) {
        if (!hasHelper() || named || entryPoint.equals(PUBLISHED_HELPER)) {
            return this;
        }
        String written = completions.get(roles.indexOf(HELPER));
        boolean published = PUBLISHED_DEFINITION.matcher(written).find()
                && !OWN_DEFINITION.matcher(written).find();
        return published
                ? new CodingTask(entryPoint, PUBLISHED_HELPER, true, roles, prompt, test, tests, scorer)
                : this;
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
        return role.equals(HELPER) ? helper : entryPoint;
    }

    /** What the prompt defines before the function to write, run before the program and before the tests. */
    String context() {
        return PromptText.context(prompt, entryPoint);
    }
}
