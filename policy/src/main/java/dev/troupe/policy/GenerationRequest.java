package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

/** One prompt to complete; equal seeds, prompts and weights give equal draws, whatever else is in the batch. */
public record GenerationRequest(TokenIds prompt, SamplingParams sampling, long seed) {
    public GenerationRequest {
        requireNonNull(prompt, "prompt is null");
        requireNonNull(sampling, "sampling is null");
        if (prompt.isEmpty()) {
            throw new IllegalArgumentException("prompt is empty: a decoder needs at least one token to start from");
        }
    }
}
