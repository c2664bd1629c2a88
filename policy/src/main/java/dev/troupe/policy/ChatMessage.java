package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** One message of a chat; the role is a plain word (system, user, assistant, or an agent's name). */
public record ChatMessage(String role, String content) {
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public ChatMessage {
        requireNonNull(role, "role is null");
        requireNonNull(content, "content is null");
        if (!ROLE.matcher(role).matches()) {
            throw new IllegalArgumentException(
                    "role must be 1 to 64 letters, digits, '_' or '-', so that it cannot forge a turn: '" + role + "'");
        }
    }

    public static ChatMessage system(String content) {
        return new ChatMessage("system", content);
    }

    public static ChatMessage user(String content) {
        return new ChatMessage("user", content);
    }

    public static ChatMessage assistant(String content) {
        return new ChatMessage("assistant", content);
    }
}
