package dev.troupe.reward.coding;

import dev.troupe.schemas.avro.ChatMessage;
import java.util.List;

/**
 * What the authors of a program are told: short sentences on lines of their own, the task last. A policy that has been
 * trained on these lines knows no others, so that changing one means training it again.
 */
public final class CodingPrompts {

    public static final String HELPER = "helper";
    public static final String MAIN = "main";
    public static final String SINGLE = "single";

    private static final String CODE_ONLY = "Answer with Python code only.";

    private CodingPrompts() {}

    /** A role's observation before the first turn of a task whose entry point is {@code main}. */
    public static List<ChatMessage> first(String role, String words) {
        return first(role, "main", HELPER, words);
    }

    /**
     * A role's observation before the first turn.
     *
     * @param role helper, main or single
     * @param entryPoint the function that the tests call
     * @param helper the function that the helper writes
     * @param words the task in words
     */
    public static List<ChatMessage> first(String role, String entryPoint, String helper, String words) {
        List<String> lines =
                switch (role) {
                    case HELPER ->
                        List.of(
                                "You write the function %s.".formatted(helper),
                                "Your partner writes the function %s, which calls %s.".formatted(entryPoint, helper));
                    case MAIN ->
                        List.of(
                                "You write the function %s, which calls %s.".formatted(entryPoint, helper),
                                "Your partner writes the function %s.".formatted(helper));
                    case SINGLE -> List.of("You write the function %s.".formatted(entryPoint), "You work alone.");
                    default -> throw new IllegalArgumentException("no such role: " + role);
                };
        return List.of(new ChatMessage("user", String.join("\n", lines) + "\n" + CODE_ONLY + "\n" + words));
    }
}
