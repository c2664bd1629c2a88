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
        return first(PairForm.TLDR, role, text);
    }

    static List<ChatMessage> first(PairForm form, String role, String text) {
        List<String> lines =
                switch (form) {
                    case TLDR -> summary(role);
                    case ARXIV, ARXIV_PUBLISHED -> introduction(role);
                };
        return asked(lines, text);
    }

    /** What is asked for, one line each, and the text it is about. */
    static List<ChatMessage> asked(List<String> lines, String text) {
        return List.of(new ChatMessage("user", String.join("\n", lines) + "\n" + TEXT_ONLY + "\n" + text));
    }

    private static List<String> summary(String role) {
        return switch (role) {
            case AUTHOR_1 -> List.of("You write a short summary.", "Your partner writes a detailed summary beside it.");
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
    }

    private static List<String> introduction(String role) {
        return switch (role) {
            case AUTHOR_1 ->
                List.of(
                        "From an abstract, you write the background and the motivation of the work.",
                        "Your partner writes the method and what follows from it; leave that out.",
                        "Use 128 to 256 words, some of them transition words.");
            case AUTHOR_2 ->
                List.of(
                        "From an abstract, you write the method of the work and what follows from it.",
                        "Your partner writes the background and the motivation; leave that out.",
                        "Use 128 to 256 words, some of them transition words.");
            case SINGLE ->
                List.of(
                        "From an abstract, you write two paragraphs of 128 to 256 words each.",
                        "The first is background and motivation, the second is method and what follows from it.",
                        "Leave an empty line between the two, and use some transition words.");
            default -> throw new IllegalArgumentException("no such role: " + role);
        };
    }
}
