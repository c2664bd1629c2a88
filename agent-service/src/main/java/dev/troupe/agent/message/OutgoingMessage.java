package dev.troupe.agent.message;

/**
 * A message in a completion.
 *
 * @param to role, or {@code all}
 * @param content text, not blank
 */
public record OutgoingMessage(String to, String content) {
    public OutgoingMessage {
        if (to.isBlank() || content.isBlank()) {
            throw new IllegalArgumentException("a message needs a recipient and a text: '" + to + "'");
        }
    }
}
