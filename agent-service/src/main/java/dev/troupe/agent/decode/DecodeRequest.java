package dev.troupe.agent.decode;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.GenerationRequest;
import java.time.Instant;
import java.util.List;

/**
 * A turn to be decoded.
 *
 * @param chat the conversation that the prompt's ids encode, for servers that take conversations; may be empty
 * @param line who waits in one line with whom; lines are served fairly
 * @param deadline after which nobody wants the completion
 */
public record DecodeRequest(GenerationRequest generation, List<ChatMessage> chat, String line, Instant deadline) {
    public DecodeRequest {
        requireNonNull(generation, "generation is null");
        chat = List.copyOf(chat);
        requireNonNull(line, "line is null");
        requireNonNull(deadline, "deadline is null");
    }

    /** One whose prompt is nothing but ids. */
    public DecodeRequest(GenerationRequest generation, String line, Instant deadline) {
        this(generation, List.of(), line, deadline);
    }

    /** Most tokens it can come to hold, prompt and completion. */
    long tokens() {
        return (long) generation.prompt().size() + generation.sampling().maxCompletionLength();
    }
}
