package dev.troupe.agent.decode;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.GenerationRequest;
import java.time.Instant;

/**
 * A turn to be decoded.
 *
 * @param line who waits in one line with whom; lines are served fairly
 * @param deadline after which nobody wants the completion
 */
public record DecodeRequest(GenerationRequest generation, String line, Instant deadline) {
    public DecodeRequest {
        requireNonNull(generation, "generation is null");
        requireNonNull(line, "line is null");
        requireNonNull(deadline, "deadline is null");
    }

    /** Most tokens it can come to hold, prompt and completion. */
    long tokens() {
        return (long) generation.prompt().size() + generation.sampling().maxCompletionLength();
    }
}
