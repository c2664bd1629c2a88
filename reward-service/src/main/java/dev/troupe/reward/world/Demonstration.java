package dev.troupe.reward.world;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ChatMessage;
import java.util.List;

/**
 * One role's work as a policy should imitate it.
 *
 * @param role the role that acts
 * @param prompt the observation, as the environment words it
 * @param completion the text of the action, messages included
 */
public record Demonstration(String role, List<ChatMessage> prompt, String completion) {

    public Demonstration {
        requireNonNull(role, "role is null");
        prompt = List.copyOf(prompt);
        if (prompt.isEmpty() || completion.isEmpty()) {
            throw new IllegalArgumentException("a demonstration needs a prompt and a completion");
        }
    }
}
