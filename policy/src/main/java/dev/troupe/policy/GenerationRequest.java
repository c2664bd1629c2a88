package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One prompt to complete; equal seeds, prompts and weights give equal draws, whatever else is in the batch.
 *
 * @param adapter name of the adapter that completes it; empty for the base alone
 */
public record GenerationRequest(TokenIds prompt, SamplingParams sampling, long seed, Optional<String> adapter) {
    /** A request to the base. */
    public GenerationRequest(TokenIds prompt, SamplingParams sampling, long seed) {
        this(prompt, sampling, seed, Optional.empty());
    }

    public GenerationRequest {
        requireNonNull(prompt, "prompt is null");
        requireNonNull(sampling, "sampling is null");
        requireNonNull(adapter, "adapter is null");
        if (prompt.isEmpty()) {
            throw new IllegalArgumentException("prompt is empty: a decoder needs at least one token to start from");
        }
    }
}
