package dev.troupe.reward.writing;

import dev.troupe.schemas.avro.ChatMessage;
import java.util.List;

/**
 * What the authors of a summary are told: short sentences on lines of their own, the text to summarise last. A policy
 * that has been trained on these lines knows no others, so that changing one means training it again.
 */
public final class WritingPrompts {

    public static final String AUTHOR_1 = "author1";
    public static final String AUTHOR_2 = "author2";
    public static final String SINGLE = "single";

    private static final String TEXT_ONLY = "Answer with the text only.";

    private WritingPrompts() {}

    /**
     * A role's observation.
     *
     * @param role author1, author2 or single
     * @param text what is to be summarised
     */
    public static List<ChatMessage> first(String role, String text) {
        List<String> lines =
                switch (role) {
                    case AUTHOR_1 ->
                        List.of("You write a short summary.", "Your partner writes a detailed summary beside it.");
                    case AUTHOR_2 ->
                        List.of(
                                "You write a detailed summary, about twice as long as a short one.",
                                "Your partner writes a short summary beside it.",
                                "Use many different words and some transition words.");
                    case SINGLE ->
                        List.of(
                                "You write a short summary and then a detailed one, about twice as long.",
                                "Leave an empty line between the two.",
                                "Use many different words and some transition words in the second.");
                    default -> throw new IllegalArgumentException("no such role: " + role);
                };
        return List.of(new ChatMessage("user", String.join("\n", lines) + "\n" + TEXT_ONLY + "\n" + text));
    }
}
