package dev.troupe.agent.openai;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A completion as a server told it.
 *
 * @param model that the server says it used
 * @param ids of the sampled tokens; empty when the server gives none
 * @param tokens the sampled tokens in words, as many as there are log-probs
 * @param finishReason as it stands; empty when the answer ended without one
 * @param promptIds of the prompt; empty when the server gives none
 * @param promptTokens how many the prompt had, when the server says so
 * @param alternatives log-probs at the first token
 */
record Reply(
        String model,
        Optional<List<Integer>> ids,
        List<Token> tokens,
        String finishReason,
        Optional<List<Integer>> promptIds,
        OptionalInt promptTokens,
        Map<String, Double> alternatives) {
    Reply {
        ids = ids.map(List::copyOf);
        tokens = List.copyOf(tokens);
        promptIds = promptIds.map(List::copyOf);
        alternatives = Map.copyOf(alternatives);
    }

    /**
     * A sampled token.
     *
     * @param text as the server shows it, with U+FFFD for bytes that are no text by themselves
     * @param bytes what it stands for; empty when the server gives none
     * @param logprob its log-probability; NaN when the server gives none
     */
    record Token(String text, Optional<List<Integer>> bytes, double logprob) {
        Token {
            bytes = bytes.map(List::copyOf);
        }
    }
}
